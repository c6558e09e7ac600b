import { describe, expect, it } from 'vitest';
import { Growing } from './growing.ts';
import { mouthOfMarks } from './mouth-marks.ts';

const RATE = 24_000;
const BUZZ = Int16Array.from({ length: RATE }, (_, i) => 6000 * Math.sin(i / 20));

describe('shapes that a voice tells', () => {
  it('are held until the next, with lips that close between two vowels', () => {
    const marks = [
      { phone: 'pau', sample: 0 },
      { phone: 'aa', sample: 2400 },
      { phone: 'p', sample: 7200 },
      { phone: 'iy', sample: 9600 },
    ];
    const events = mouthOfMarks(marks, BUZZ, RATE);
    expect([...new Set(events.map(({ viseme }) => viseme))].toSorted()).toEqual(['I', 'PP', 'aa', 'sil']);
    const lips = events.filter(({ viseme }) => viseme === 'PP');
    for (const { peakSample, mouthOpen, phoneme } of lips) {
      expect([mouthOpen, phoneme]).toEqual([0, '']);
      expect(peakSample).toBeGreaterThan(7200);
      expect(peakSample).toBeLessThan(9600);
    }
    expect(Math.max(...events.map(({ endSample }) => endSample))).toBeLessThanOrEqual(BUZZ.length);
    expect(mouthOfMarks([], BUZZ, RATE)).toEqual([]);
  });

  it('go on in the next piece where a sentence is cut between two words', () => {
    const growing = new Growing('Oh no.', RATE);
    const characters = [
      { text: 'Oh', startSample: 0, endSample: 6000 },
      { text: ' ', startSample: 6000, endSample: 6000 },
      { text: 'no.', startSample: 6000, endSample: 12_000 },
    ];
    growing.add(BUZZ.subarray(0, 12_000), characters, [
      { phone: 'ao', sample: 0 },
      { phone: 'n', sample: 7000 },
      { phone: 'ow', sample: 9000 },
    ]);
    const [first, last] = [growing.take()!, growing.rest()!];
    expect(first.mouth!.map(({ viseme }) => viseme)).toEqual(['O', 'O']);
    expect(first.pcm.length).toBe(6000);
    const peaks = last.mouth!.map(({ viseme, peakSample }) => [viseme, peakSample] as const);
    expect(peaks[0]![0]).toBe('O');
    for (const [viseme, peak] of peaks) {
      if (viseme === 'nn') expect(peak).toBeGreaterThan(1000);
      expect(peak).toBeLessThanOrEqual(last.pcm.length);
    }
  });
});
