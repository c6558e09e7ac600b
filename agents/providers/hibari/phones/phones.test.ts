import { describe, expect, it } from 'vitest';
import { cardinal, ordinal, year } from './numbers.ts';
import { stressed } from './stress.ts';
import { Table } from './table.ts';
import { tokens } from './tokenizer.ts';

describe('a table of sorted lines', () => {
  const words = ['a', 'aa', 'ab', 'b', 'é', '’t'];
  const table = new Table(Buffer.from(words.map(word => `${word}\t<${word}>\n`).join('')));

  it('has what it has', () => {
    for (const word of words) expect(table.get(word)).toBe(`<${word}>`);
    for (const word of ['', 'A', 'aaa', 'ba', 'zz', 'ê', '\u{1f419}']) expect(table.has(word), word).toBe(false);
    expect(new Table(Buffer.alloc(0)).get('a')).toBeUndefined();
  });
});

describe('words', () => {
  const exceptions = { "don't": ['do', "n't"], 'e.g.': ['e.g.'] };
  it.each([
    ['"don\'t!"', ['"', 'do', "n't", '!', '"']],
    ['(e.g.', ['(', 'e.g.']],
    ['half-open,', ['half', '-', 'open', ',']],
    ['$5.', ['$', '5', '.']],
    ['10km', ['10', 'km']],
    ['wait...what', ['wait', '...', 'what']],
    ['...', ['...']],
  ])('are taken apart: %s', (word, expected) => {
    expect(tokens(word, exceptions)).toEqual(expected);
  });
});

describe('numbers', () => {
  it.each([
    ['0', 'zero'],
    ['21', 'twenty one'],
    ['1100', 'one thousand one hundred'],
    ['1000001', 'one million one'],
    ['007', 'seven'],
    [
      '1234567890123456789',
      'one two three four five six seven eight nine zero one two three four five six seven eight nine',
    ],
  ])('%s is %s', (digits, words) => expect(cardinal(digits).join(' ')).toBe(words));

  it('have an order', () => {
    expect([ordinal('1'), ordinal('12'), ordinal('20'), ordinal('103')].map(words => words.join(' '))).toEqual([
      'first',
      'twelfth',
      'twentieth',
      'one hundred third',
    ]);
  });

  it('are years', () => {
    expect([year('1905'), year('2005'), year('2026'), year('1900')].map(words => words.join(' '))).toEqual([
      'nineteen oh five',
      'two thousand five',
      'twenty twenty six',
      'nineteen hundred',
    ]);
  });
});

describe('stress', () => {
  it.each([
    ['tˈAbəl', -2, 'tAbəl'],
    ['tˈAbəl', -0.5, 'tˌAbəl'],
    ['ðə', 0.5, 'ðˌə'],
    ['ðə', 2, 'ðˈə'],
    ['ˌɑn', 2, 'ˈɑn'],
    ['ʃ', 2, 'ʃ'],
    ['tˈAbəl', undefined, 'tˈAbəl'],
  ] as const)('of %s with %s is %s', (phones, stress, expected) => expect(stressed(phones, stress)).toBe(expected));
});
