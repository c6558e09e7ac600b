import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patternsIn, patternsOf } from './find.ts';
import { slowestOf, slowestPattern } from './slowest.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MINUTES = 60_000;

const pattern = ({ source, flags }: RegExp) => ({ source, flags, file: 'a.ts', heard: false });

describe('every regular expression', () => {
  it('takes no longer than a text is long, whatever the text is', { timeout: 10 * MINUTES }, async () => {
    const slowest = await slowestPattern();
    // What grows with the square of 10 000 characters takes far longer; the machine may be busy.
    expect(slowest.ms, JSON.stringify(slowest)).toBeLessThan(100);
  });

  it('is written as one, so that it is found: none is put together from text, but where they are tried', () => {
    const { literals, built } = patternsOf(ROOT);
    expect(literals.length).toBeGreaterThan(200);
    expect(built.filter(place => !place.startsWith('infra/patterns/'))).toEqual([]);
  });

  it('is found wherever it stands, and told from a division', () => {
    const source = `
      const z = { a: z.string().regex(/^a+$/u), b: c / d / e };
      text.replace(/[/]x/g, () => \`\${/b*/.test('/')}\`);
      new RegExp(text); globalThis.RegExp('x'); RegExp(/a/);
      export const C = () => <p title="/no/">{/d?/y.exec(x)} / no /</p>;`;
    const { literals, built } = patternsIn('a.tsx', source);
    expect(literals.map(each => `/${each.source}/${each.flags}`)).toEqual([
      '/^a+$/u',
      '/[/]x/g',
      '/b*/',
      '/a/',
      '/d?/y',
    ]);
    expect(built).toEqual(['a.tsx:4', 'a.tsx:4', 'a.tsx:4']);
  });
});

describe('hostile text', () => {
  it.each([
    /^(?:(?:a|aa)\W*)+$/,
    /^((ah|aha|mm|hmm) ?)+$/,
    /^(?:(?:ok|okay|ay|yes)\W*)+$/i,
    /^(\w+\s?)*$/,
    /(x+x+)+y/,
    /^(?=(a+)+$)/,
    /("(?:[^"\\]|\\.|[^"])*")+$/,
  ])('keeps busy for ever: %s', async each => {
    const [slow] = await slowestOf([pattern(each)], 1500);
    expect(slow!.ms).toBe(1500);
  });

  it.each([
    /\s+$/,
    /-+$/,
    /\s*[,;]\s*$/,
    /\[([^\]]*)\]\(/,
    /^\s*- /m,
    /\s+(?=[.,])/,
    /https?:\/\/\S*(?=\s)/,
    /\{[\s\S]*\}/,
    /%.*$/,
    /.*_CERT/,
  ])('keeps busy for the square of its length: %s', async each => {
    const [slow] = await slowestOf([pattern(each)]);
    const [quick] = await slowestOf([pattern(/[a-z]+/)]);
    expect(slow!.ms).toBeGreaterThan(Math.max(5, 10 * quick!.ms));
  });

  it.each([
    /(?<!\s)\s+$/,
    /^(?:a|b)+$/,
    /\p{L}+(?:'\p{L}+)?/u,
    /^[a-z]{2,8}(?:-[a-z]{2,8})*$/,
  ])('is gone through at once: %s', async each => {
    const [quick] = await slowestOf([pattern(each)]);
    expect(quick!.ms).toBeLessThan(100);
  });
});
