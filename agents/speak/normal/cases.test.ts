import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { joined, lettersIn, saidOf, spoken } from './spoken.ts';

/** What is written, and what an English voice is given to say. */
const CASES = parse(fs.readFileSync(path.join(import.meta.dirname, 'cases.yaml'), 'utf8')) as Readonly<
  Record<string, readonly (readonly [written: string, said: string])[]>
>;

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  it.each(cases)('%s', (written, said) => expect(saidOf(spoken(written, { letters: 'plain' }))).toBe(said));

  it('are told in the words that were written, in their order', () => {
    for (const [written] of cases)
      expect(spoken(written, { letters: 'plain' }).map(token => token.written)).toEqual(written.split(/\s+/));
  });
});

const all = Object.values(CASES).flat();

describe('whatever is written', () => {
  it('is given to an English voice in letters, blanks and the marks that are heard', () => {
    for (const [, said] of all) expect(said).toMatch(/^[A-Za-z .,!?;:'"()-]*$/);
  });

  it('is the same when it is read again', () => {
    for (const [, said] of all) expect(saidOf(spoken(said, { letters: 'plain' }))).toBe(said);
  });

  it('ends somewhere, word by word', () => {
    for (const [written] of all) {
      const { text, ends } = joined(spoken(written, { letters: 'plain' }));
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends.at(-1)).toBe(lettersIn(text));
    }
  });

  it('keeps accents for a voice that reads them, but of names those that it misreads', () => {
    const read = (text: string) => saidOf(spoken(text, { letters: 'latin' }));
    expect(read('“Dvořák”, José — Müller 你好 5…')).toBe('"Dvořák", Ho zay, Müller five...');
  });

  it('keeps the letters of a voice that is not told to know a to z alone', () => {
    expect(saidOf(spoken('José has 5 你好.'))).toBe('José has five 你好.');
  });
});
