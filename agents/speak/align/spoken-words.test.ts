import { describe, expect, it } from 'vitest';
import { spokenWords } from './spoken-words.ts';

describe('what a voice says for', () => {
  it.each([
    ['Hello, world!', 'hello world'],
    ['“Well—no.” I’m naïve.', "well no i'm naive"],
    ['I have 3 dogs and 21 cats.', 'i have three dogs and twenty one cats'],
    ['1,234,567 people', 'one million two hundred thirty four thousand five hundred sixty seven people'],
    [
      'It was 1984, then 2005, then 1900, 2000 and 1907.',
      'it was nineteen eighty four then two thousand five then nineteen hundred two thousand and nineteen oh seven',
    ],
    ['3.14 is not -2', 'three point one four is not minus two'],
    ['the 21st, 3rd, 12th and 30th', 'the twenty first third twelfth and thirtieth'],
    ['$12.50, £3.01 or $1', 'twelve dollars fifty three pounds and one penny or one dollar'],
    ['at 3:30pm, 10:00 or 9:05', "at three thirty P M ten o'clock or nine oh five"],
    ['50% of 5km, 5 km & 20°', 'fifty percent of five kilometers five kilometers and twenty degrees'],
    ['Dr. Smith vs. Mrs. Jones etc.', 'doctor smith versus missis jones et cetera'],
    ['No. The answer is no.', 'no the answer is no'],
    ['a well-known and/or B2B thing', 'a well known and or B two B thing'],
    ['the USA and NASA', 'the USA and NASA'],
    ['007', 'zero zero seven'],
    ['5 constructor, toString and __proto__', 'five constructor tostring and proto'],
    ['你好 Привет 🐙 ?! …', ''],
    ['', ''],
  ])('%j', (text, words) => expect(spokenWords(text).join(' ')).toBe(words));

  it('numbers of any length, without an end', () => {
    expect(spokenWords('99999999999999999999999').length).toBe(23);
    expect(spokenWords(`${'9'.repeat(2000)} 1e999 -0 1.2.3.4`).every(word => /^[a-z]+$/.test(word))).toBe(true);
  });
});
