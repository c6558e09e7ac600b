import { expect, it } from 'vitest';
import { DeviceId, DeviceSays, readAudioHeader, writeAudioHeader } from './device.ts';

it('the header before sound says the same on both sides, and wraps', () => {
  const header = { flags: 3, sequence: 65_536 + 7, position: 2 ** 32 + 5 };
  const bytes = writeAudioHeader(header);
  expect([...bytes]).toEqual([1, 3, 7, 0, 5, 0, 0, 0]);
  expect(readAudioHeader(bytes)).toEqual({ flags: 3, sequence: 7, position: 5 });
  expect(readAudioHeader(bytes.subarray(0, 7))).toBeUndefined();
  expect(readAudioHeader(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0))).toBeUndefined();
});

it.each([
  { type: 'hello', version: 2 },
  { type: 'hello', version: 1, extra: true },
  { type: 'audio', audio: 'hex:123' },
  { type: 'audio', audio: '' },
  { type: 'played', position: 0.5 },
  { type: 'text', text: '\u200b' },
  { type: 'unknown' },
])('%j is not what a device may say', message => {
  expect(DeviceSays.safeParse(message).success).toBe(false);
});

it.each(['', '.', '-a', 'a/b', 'a b', 'x'.repeat(65)])('"%s" names no device', name => {
  expect(DeviceId.safeParse(name).success).toBe(false);
});
