import { describe, expect, it } from 'vitest';
import { wavOf } from '../speak/wav.ts';
import { readRecording } from './recording.ts';

const BOUNDS = { minSeconds: 2, maxSeconds: 4, signal: new AbortController().signal };
const tone = (seconds: number, rate: number, loud = 8000) =>
  Int16Array.from({ length: seconds * rate }, (_, i) => loud * Math.sin((2 * Math.PI * 200 * i) / rate));
const read = (file: Uint8Array) => readRecording(file, BOUNDS);

describe('a recording', () => {
  it.each([16_000, 22_050, 24_000, 44_100, 48_000])('is read at %i Hz, and as those who listen want it', async rate => {
    const made = await read(wavOf(tone(3, rate), rate));
    if (typeof made === 'string') throw new Error(made);
    expect([made.sampleRate, made.pcm.length]).toEqual([rate, 3 * rate]);
    expect(Math.abs(made.listened.length - 48_000)).toBeLessThan(20);
  });

  it('is nothing but its samples: what else is in the file is left out', async () => {
    const wav = wavOf(tone(2, 16_000), 16_000);
    const note = Buffer.from('LIST\x10\0\0\0taken at home 12');
    const made = await read(Buffer.concat([wav.subarray(0, 36), note, wav.subarray(36)]));
    expect(typeof made === 'string' ? made : made.pcm.length).toBe(32_000);
  });

  it.each<[string, Uint8Array, string]>([
    ['text', Buffer.from('no sound at all, but words. '.repeat(5000)), 'not-audio'],
    ['nothing', new Uint8Array(0), 'not-audio'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n'.repeat(100), 'latin1'), 'not-audio'],
    ['a compressed sound', Buffer.from(`ID3${'\0'.repeat(100_000)}`), 'not-audio'],
    ['a header alone', wavOf(new Int16Array(0), 16_000), 'too-short'],
    ['a rate that nobody records with', wavOf(tone(3, 47_999), 47_999), 'not-audio'],
    ['too short a sound', wavOf(tone(1, 16_000), 16_000), 'too-short'],
    ['too long a sound', wavOf(tone(5, 16_000), 16_000), 'too-long'],
    ['silence', wavOf(tone(3, 16_000, 100), 16_000), 'too-quiet'],
  ])('is not %s', async (_, file, fault) => {
    expect(await read(file)).toBe(fault);
  });

  it('is not read any more once nobody waits', async () => {
    const reason = new Error('called off');
    await expect(
      readRecording(wavOf(tone(3, 48_000), 48_000), { ...BOUNDS, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });
});
