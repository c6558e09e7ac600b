import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Model } from '../model.ts';
import { phoneAgreement } from './agreement.ts';
import { cardinal, ordinal, year } from './numbers.ts';
import { stressed } from './stress.ts';
import { Table } from './table.ts';
import { tokens } from './tokenizer.ts';

const MODELS = fileURLToPath(new URL('../../../../models/hibari', import.meta.url));
const there = fs.existsSync(`${MODELS}/decoder-0.2.1.onnx`);

describe.skipIf(!there)(
  `the phones of a sentence${there ? '' : ' (skipped: hibari’s model is not in models/)'}`,
  () => {
    let model: Model;
    beforeAll(async () => {
      model = await Model.load(MODELS);
    });
    const phones = (text: string) => model.phones(text.split(' '));

    it('are those that the package reads, in more than 2000 sentences', async () => {
      const { sentences, percent, others } = await phoneAgreement(model);
      expect(sentences).toBeGreaterThan(2000);
      expect(percent, JSON.stringify(others.slice(0, 5), undefined, 1)).toBeGreaterThan(99.9);
    });

    it('depend on the word’s class, and on what follows', async () => {
      expect(await phones('We read it, then they record the record.')).toContain('ɹəkˈɔɹd ðə ɹˈɛkəɹd');
      expect(await phones('the end')).toMatch(/^ði /);
      expect(await phones('the beginning')).toMatch(/^ðə /);
    });

    it.each([
      '7',
      '0',
      '007',
      '99999999999999999999999',
      '3.14',
      '-5',
      '1,000,000',
      'B52',
      '4½',
      '1e999',
    ])('are some for %s: no digit is silent', async text => {
      expect((await phones(text)).replace(/[\s.,]/g, '').length).toBeGreaterThan(1);
    });
  },
);

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
