import { describe, expect, it } from 'vitest';
import { wordErrorRate } from './consent.ts';

const SENTENCE =
  'I agree that a voice is made of this recording of me, and that my avatar speaks with it. River, candle, doctor.';

describe('a sentence in what somebody said', () => {
  it.each([
    ['as it is written', SENTENCE],
    ['without its signs, in other letters', SENTENCE.toUpperCase().replaceAll(/[.,]/g, '')],
    ['with something before and behind it', `Well, hello there. ${SENTENCE} And now I tell you of my garden.`],
  ])('is found %s', (_, heard) => {
    expect(wordErrorRate(SENTENCE, heard)).toBe(0);
  });

  it('counts words that are missing, others and too many; one that was misheard a little is none', () => {
    expect(wordErrorRate('one two three four', 'one two four')).toBe(0.25);
    expect(wordErrorRate('one two three four', 'one two house four')).toBe(0.25);
    expect(wordErrorRate('one two three four', 'one two and three four')).toBe(0.25);
    expect(wordErrorRate('the candle burns', 'the candles burn')).toBe(0);
  });

  it('is not found in another, nor in nothing', () => {
    expect(wordErrorRate(SENTENCE, 'I like the sea, and whales most of all, because they sing.')).toBeGreaterThan(0.6);
    expect(wordErrorRate(SENTENCE, '')).toBe(1);
    expect(wordErrorRate('', 'anything')).toBe(1);
  });

  it('whose last words are others is not that sentence', () => {
    const recorded = SENTENCE.replace('River, candle, doctor', 'Winter, basket, planet');
    expect(wordErrorRate('River, candle, doctor', recorded)).toBe(1);
  });

  it('is compared sign by sign where words have no space between them', () => {
    expect(wordErrorRate('我同意制作一个声音', '我 同意 制作 一个 声音')).toBe(0);
    expect(wordErrorRate('我同意制作', '我同意吃饭')).toBeCloseTo(0.4);
    expect(wordErrorRate('أوافق على أن', 'أوافق على أن')).toBe(0);
  });

  it('is looked for in no time, however much was said', () => {
    const beganMs = performance.now();
    wordErrorRate(SENTENCE, 'word '.repeat(200_000));
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });
});
