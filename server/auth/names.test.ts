import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../protocol/limits.ts';
import { looksLike, tellApart } from './names.ts';

describe('[S1] names that look like one another', () => {
  it.each([
    ['Ollie', 'ollie'],
    ['Ollie', '\u041ellie'],
    ['Ollie', '\u041e\u04cf\u04cf\u0456\u0435'],
    ['Ollie', 'ＯＬＬＩＥ'],
    ['Ollie', '𝓞𝓵𝓵𝓲𝓮'],
    ['Ollie', 'O\u200dllie'],
    ['Ollie', 'Ol\u034flie'],
    ['Ollie', 'OIlie'],
    ['Ollie', '0llie'],
    ['Ollie', 'Óllíe'],
    ['Ollie', 'O l l i e'],
    ['Ollie', 'Ollie.'],
    ['Ollie', '"Ollie"'],
    ['Anna Lee', 'Anna  Lee'],
    ['Anna', 'ᴀɴɴᴀ'],
    ['Ada', '🅐🅓🅐'],
    ['Anna', '🅰nn🅰'],
    ['Ana', '🇦🇳🇦'],
    ['Will', 'VVill'],
    ['David', 'clavid'],
    ['Visavis', '\\/isavis'],
    ['Paul', 'Pau!'],
    ['Ada', 'Λda'],
    ['محمد', 'مـحمد'],
    ['SYSTEM', 'ЅУЅТЕМ'],
    ['🐙', '🐙\ufe0f'],
  ])('%j and %j', (a, b) => expect(looksLike(a, b)).toBe(true));

  it.each([
    ['Ollie', 'Molly'],
    ['Ann', 'Anna'],
    ['Ann', 'Ann (2)'],
    ['🐙', '🐬'],
    ['李', '季'],
    ['Анна', 'Иван'],
    ['Li', 'Il'],
    ['Ian', 'Lan'],
    ['Ida', 'Lda'],
    ['Ali', 'All'],
    ['Eli', 'Ell'],
    ['Tom 1', 'Tom 2'],
    ['राम', 'रमा'],
    ['कि', 'की'],
    ['தி', 'தா'],
    ['はな', 'ばな'],
    ['ハナ', 'バナ'],
    ['Йон', 'Ион'],
    ['C++', 'C#'],
    ['C', 'C++'],
  ])('are not %j and %j', (a, b) => expect(looksLike(a, b)).toBe(false));
});

describe('somebody whose name is taken', () => {
  it('is told apart by a number', () => {
    expect(tellApart('Bob', ['Ann'])).toBe('Bob');
    expect(tellApart('ann', ['Ann'])).toBe('ann (2)');
    expect(tellApart('Ann', ['Ann', 'Ann (2)', 'ANN (3)'])).toBe('Ann (4)');
  });

  it('keeps a name of allowed length, and whole letters', () => {
    const long = '🐙'.repeat(LIMITS.nameLength / 2);
    const apart = tellApart(long, [long]);
    expect(apart.length).toBeLessThanOrEqual(LIMITS.nameLength);
    expect(apart.isWellFormed()).toBe(true);
  });
});
