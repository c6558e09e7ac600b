import { describe, expect, it } from 'vitest';
import type { VisemeEvent } from '../../protocol/timeline.ts';
import { openByLoudness } from './loudness.ts';

const RATE = 1000;
const vowel = (peakSample: number, mouthOpen = 0.6): VisemeEvent => ({
  viseme: 'aa',
  phoneme: 'aa',
  startSample: peakSample - 50,
  peakSample,
  endSample: peakSample + 50,
  weight: 0.8,
  mouthOpen,
});
/** 100 samples of each amplitude. */
const speech = (...amplitudes: number[]) =>
  Int16Array.from({ length: amplitudes.length * 100 }, (_, i) => amplitudes[Math.floor(i / 100)]! * (i % 2 ? 1 : -1));

describe('openByLoudness', () => {
  it('opens wider for what is louder, within bounds', () => {
    const [soft, plain, loud] = openByLoudness(
      [vowel(50), vowel(150), vowel(250)],
      speech(100, 2000, 30_000),
      RATE,
    ).map(event => event.mouthOpen);
    expect(soft).toBeCloseTo(0.6 * 0.7);
    expect(plain).toBeCloseTo(0.6);
    expect(loud).toBeCloseTo(0.6 * 1.18);
  });

  it('never beyond what a mouth can do', () => {
    for (const event of openByLoudness(
      [vowel(50, 0.95), vowel(150), vowel(250, 0.95)],
      speech(900, 1000, 30_000),
      RATE,
    )) {
      expect(event.mouthOpen).toBeLessThanOrEqual(1);
      expect(event.weight).toBeLessThanOrEqual(1);
    }
  });

  it('leaves lips and tongue alone, and silence', () => {
    const closed: VisemeEvent = { ...vowel(50, 0), viseme: 'PP', weight: 1 };
    expect(openByLoudness([closed, vowel(150)], speech(30_000, 1000), RATE)[0]).toEqual(closed);
    expect(openByLoudness([vowel(50)], speech(0), RATE)).toEqual([vowel(50)]);
  });
});
