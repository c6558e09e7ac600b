import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../protocol/timeline.ts';
import { groupedWords, spreadPhones, withPauses } from './spread.ts';

const SPAN = { sampleRate: 1000, total: 1000 };
const show = (phones: Phone[]) => phones.map(p => `${p.phone} ${p.startSample}-${p.endSample}`).join(', ');
const gapless = (phones: Phone[]) => {
  let before = 0;
  for (const { startSample, endSample } of phones) {
    expect(startSample).toBe(before);
    expect(endSample).toBeGreaterThan(startSample);
    before = endSample;
  }
  return before;
};

describe('phones of words with times', () => {
  it('stay in the time of their word, with pauses between', () => {
    const phones = spreadPhones(
      [
        { phones: ['b', 'aa'], startSample: 100, endSample: 300 },
        { phones: ['m', 'iy'], startSample: 600, endSample: 800 },
      ],
      SPAN,
    );
    expect(gapless(phones)).toBe(1000);
    expect(phones.map(p => p.phone).join(' ')).toBe('pau b aa pau m iy pau');
    expect(phones.filter(p => ['b', 'm'].includes(p.phone)).map(p => p.startSample)).toEqual([100, 600]);
  });

  it('are longer for a vowel than for a consonant', () => {
    const [b, aa] = spreadPhones([{ phones: ['b', 'aa'], startSample: 0, endSample: 1000 }], SPAN);
    expect(aa!.endSample - aa!.startSample).toBeGreaterThan(1.8 * (b!.endSample - b!.startSample));
  });

  it('survive times that overlap, run backwards or leave the sound', () => {
    const word = (startSample: number, endSample: number) => ({ phones: ['s', 'ow'], startSample, endSample });
    for (const words of [
      [word(0, 500), word(400, 700)],
      [word(500, 400)],
      [word(900, 2000)],
      [word(600, 700), word(100, 200)],
      [{ ...word(0, 100), phones: [] }],
    ])
      expect(gapless(spreadPhones(words, SPAN))).toBe(1000);
  });
});

describe('withPauses', () => {
  it('lets a phone run on over what is too short for a pause', () => {
    const phone = (name: string, startSample: number, endSample: number) => ({ phone: name, startSample, endSample });
    expect(show(withPauses([phone('s', 100, 200), phone('t', 220, 400), phone('n', 500, 990)], SPAN))).toBe(
      'pau 0-100, s 100-220, t 220-400, pau 400-500, n 500-1000',
    );
  });
});

describe('groupedWords', () => {
  it('makes words of characters with times', () => {
    const characters = [...'Hi, Bo'].map((text, i) => ({ text, startSample: i * 10, endSample: i * 10 + 10 }));
    expect(groupedWords(characters)).toEqual([
      { text: 'Hi,', startSample: 0, endSample: 30 },
      { text: 'Bo', startSample: 40, endSample: 60 },
    ]);
  });
});
