import { describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../../base/rates.ts';
import { Placing } from './placing.ts';

const S = SPEECH_RATE;
const voice = (seconds: number) => new Int16Array(Math.round(seconds * S)).fill(4000);
const silence = (seconds: number) => new Int16Array(Math.round(seconds * S));

describe('where words stand in sound that tells no times', () => {
  it('is in proportion to their letters once all of it is there', () => {
    const placing = new Placing();
    placing.add('abcdefghi abcdefghi');
    placing.hear(voice(4));
    placing.end(4 * S);
    const words = placing.until(4 * S, true);
    expect(words.map(({ text }) => text)).toEqual(['abcdefghi', 'abcdefghi']);
    expect(words[0]!.endSample / S).toBeCloseTo(2, 1);
    expect(words[1]!.endSample / S).toBeCloseTo(4, 1);
  });

  it('leaves silence out, and puts the words before a comma before the pause', () => {
    const placing = new Placing();
    placing.add('Well then, goodbye');
    placing.hear(voice(0.8));
    placing.hear(silence(2));
    placing.hear(voice(0.6));
    placing.end(3.4 * S);
    const ends = placing.until(3.4 * S, true).map(({ endSample }) => endSample / S);
    expect(ends[1]).toBeLessThan(1);
    expect(ends[2]).toBeGreaterThan(3.2);
  });

  it('goes by the usual pace while more is coming, and says no word before it is there', () => {
    const placing = new Placing();
    placing.hear(voice(1));
    expect(placing.until(S, false)).toEqual([]);
    placing.add('one two three four five six seven eight ');
    placing.hear(voice(1));
    const said = placing.until(2 * S, false);
    expect(said.length).toBeGreaterThan(1);
    expect(said.length).toBeLessThan(6);
  });

  it('loses no word', () => {
    const placing = new Placing();
    const text = 'This is what somebody says, and then some more of it comes. At the end there is a stop.';
    for (const letter of text) placing.add(letter);
    placing.hear(voice(1.3));
    placing.hear(silence(0.4));
    placing.hear(voice(2));
    const words = [...placing.until(S, false), ...placing.until(2 * S, false)];
    placing.end(3.7 * S);
    words.push(...placing.until(3.7 * S, true));
    expect(words.map(word => word.text).join(' ')).toBe(text);
  });
});
