import { describe, expect, it } from 'vitest';
import { groupedWords } from './align/spread.ts';
import { WordsInText } from './words-in-text.ts';

/** Tells words, each of ten samples, ten after each other. */
const told = (text: string, words: string[]) => {
  const finder = new WordsInText(text);
  return words.flatMap((word, i) => finder.add(word, 20 * i, 20 * i + 10));
};
const textOf = (characters: { text: string }[]) => characters.map(({ text }) => text).join('');

describe('words that a voice tells', () => {
  it.each([
    ['Hello there, Bob.', ['Hello', 'there', 'Bob'], 'Hello there, Bob'],
    ['Hello there, Bob.', ['hello', 'there,', 'BOB.'], 'Hello there, Bob.'],
    ['"Well," she said (softly).', ['Well', 'she', 'said', 'softly', ')', '.'], '"Well," she said (softly).'],
    ['It costs €19 today.', ['It', 'costs', 'nineteen', 'euros', 'today'], 'It costs €19 today'],
  ])('are found in %s', (text, words, found) => {
    expect(textOf(told(text, words))).toBe(found);
  });

  it('end where they end, with the signs behind them', () => {
    expect(groupedWords(told('"Well," she said.', ['Well', ',', 'she', 'said', '.']))).toEqual([
      { text: '"Well,"', startSample: 0, endSample: 30 },
      { text: 'she', startSample: 40, endSample: 50 },
      { text: 'said.', startSample: 60, endSample: 90 },
    ]);
  });

  it('are over as soon as it is seen that nothing more belongs to them', () => {
    expect(told('Hello there.', ['Hello'])).toEqual([
      { text: 'Hello', startSample: 0, endSample: 10 },
      { text: ' ', startSample: 10, endSample: 10 },
    ]);
    expect(told('Hello, there.', ['Hello'])).toHaveLength(1);
  });

  it('are not looked for far away: what was said otherwise is passed over', () => {
    const text = `The ${'very '.repeat(20)}last word.`;
    expect(textOf(told(text, ['The', 'word']))).toBe('The ');
    expect(told('Hello.', ['', ' '])).toEqual([]);
  });
});
