import { describe, expect, it } from 'vitest';
import { mixed, written } from './recorder.ts';

describe('a recording', () => {
  it('is sent as a WAV file, its samples in 16 bits', async () => {
    const bytes = Buffer.from(await written(Float32Array.of(0, 0.5, -1, 2, -2), 16_000).arrayBuffer());
    expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([46, 16_000, 10]);
    expect(Array.from({ length: 5 }, (_, i) => bytes.readInt16LE(44 + 2 * i))).toEqual([
      0, 16_384, -32_767, 32_767, -32_767,
    ]);
  });

  it('of several channels becomes one', () => {
    expect([...mixed([Float32Array.of(1, 0), Float32Array.of(0, -1)])]).toEqual([0.5, -0.5]);
    expect([...mixed([Float32Array.of(1)])]).toEqual([1]);
    expect(mixed([])).toHaveLength(0);
  });
});
