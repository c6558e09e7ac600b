import { describe, expect, it } from 'vitest';
import { integratedLufs } from './lufs.ts';

const tone = (hz: number, dbfs: number, seconds: number, rate: number) =>
  Int16Array.from(
    { length: seconds * rate },
    (_, i) => 32_768 * 10 ** (dbfs / 20) * Math.sin((2 * Math.PI * hz * i) / rate),
  );

describe('loudness', () => {
  it.each([
    24_000, 48_000,
  ])('of a full sine of 997 Hz in one channel is -3.01 LUFS, as the standard says (%i Hz)', rate => {
    expect(integratedLufs(tone(997, -0.01, 3, rate), rate)).toBeCloseTo(-3.01, 1);
    expect(integratedLufs(tone(997, -23, 3, rate), rate)).toBeCloseTo(-26, 1);
  });

  it('is that of what is heard: pauses do not count', () => {
    const spoken = tone(997, -20, 3, 24_000);
    const paused = new Int16Array(spoken.length * 3);
    paused.set(spoken);
    expect(integratedLufs(paused, 24_000)).toBeCloseTo(integratedLufs(spoken, 24_000), 0);
  });

  it('of silence is none', () => {
    expect(integratedLufs(new Int16Array(48_000), 24_000)).toBe(Number.NEGATIVE_INFINITY);
  });
});
