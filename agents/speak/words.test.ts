import { describe, expect, it } from 'vitest';
import type { Phone } from '../../protocol/timeline.ts';
import { wordTimes } from './words.ts';

/** `'ah 0-100, pau 100-200'` */
const phones = (text: string): Phone[] =>
  text.split(', ').map(item => {
    const [phone, range] = item.split(' ');
    const [startSample, endSample] = range!.split('-').map(Number);
    return { phone: phone!, startSample: startSample!, endSample: endSample! };
  });

describe('wordTimes', () => {
  it.each([
    ['One two three.', undefined, 4800],
    ['Well, I never! Really? 1984 — yes…', undefined, 48_000],
    ['a, b, c', phones('pau 0-100, ah 100-200, pau 200-300, b 300-400'), 500],
    ['- ? …', phones('pau 0-100'), 100],
    ['word', phones('w 10-90'), 100],
    ["It's 3.50, isn't it?", phones('ih 0-700, pau 700-900, ih 900-1400'), 1500],
  ])('gives each word of %j one end, in order, inside the speech', (sentence, spoken, total) => {
    const times = wordTimes(sentence, spoken, total);
    expect(times.map(({ text }) => text)).toEqual(sentence.split(' '));
    let before = 0;
    for (const { endSample } of times) {
      expect(Number.isInteger(endSample)).toBe(true);
      expect(endSample).toBeGreaterThanOrEqual(before);
      expect(endSample).toBeLessThanOrEqual(total);
      before = endSample;
    }
  });

  it('puts the words before a pause before it and the others behind it', () => {
    const times = wordTimes('Yes it is, my friend.', phones('y 100-500, pau 500-900, m 900-1500, pau 1500-1700'), 1700);
    expect(times.map(({ endSample }) => endSample <= 500)).toEqual([true, true, true, false, false]);
    expect(times[2]!.endSample).toBe(500);
    expect(times[3]!.endSample).toBeGreaterThan(900);
    expect(times.at(-1)!.endSample).toBe(1500);
  });

  it('gives long words more time than short ones', () => {
    const [a, b] = wordTimes('I congratulate', undefined, 1000);
    expect(a!.endSample).toBeLessThan(200);
    expect(b!.endSample).toBe(1000);
  });

  it('shares the time evenly where pauses and punctuation do not agree', () => {
    const times = wordTimes('one, two, six', phones('w 0-300, pau 300-400, t 400-900'), 900);
    expect(times.map(({ endSample }) => endSample)).toEqual([300, 600, 900]);
  });

  it('believes a voice that tells the times of all its words, inside the speech', () => {
    const told = [200, 150, 2000].map(endSample => ({ text: 'x', startSample: 0, endSample }));
    const ends = (times: typeof told) => wordTimes('a b c', undefined, 900, times).map(({ endSample }) => endSample);
    expect(ends(told)).toEqual([200, 200, 900]);
    expect(ends(told.slice(1))).toEqual([300, 600, 900]);
  });

  it('has nothing to say about nothing', () => expect(wordTimes(' ', undefined, 100)).toEqual([]));
});
