import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits.ts';
import { cleanText, DisplayName, MessageText, RoomName } from './text.ts';

const name = (text: unknown): string | undefined => DisplayName.safeParse(text).data;
const message = (text: unknown): string | undefined => MessageText.safeParse(text).data;

describe('names', () => {
  it.each([
    ['Ann', 'Ann'],
    ['  Ann  ', 'Ann'],
    ['Ann\n\tof   Green\u00a0Gables', 'Ann of Green Gables'],
    ['Zoë', 'Zoë'],
    ['李小龍', '李小龍'],
    ['نور', 'نور'],
    ['👩‍🚀 Ann', '👩‍🚀 Ann'],
    ['<b>Ann</b>', '<b>Ann</b>'],
    ['O’Neil & "Sons"', 'O’Neil & "Sons"'],
    ['می‌خواهم', 'می‌خواهم'],
  ])('%j is shown as %j', (given, shown) => {
    expect(name(given)).toBe(shown);
  });

  it.each([
    ['control characters', 'An\u0000n\u0007\u001b[31m', 'Ann[31m'],
    ['direction overrides', 'An\u202en\u2066a\u2069\u200f\u061c', 'Anna'],
    ['zero-width spaces and byte order marks', 'A\u200bn\ufeffn\u2060', 'Ann'],
    ['soft hyphens', 'A\u00adnn', 'Ann'],
    ['tags that hide words from people', `Ann${String.fromCodePoint(0xe0041, 0xe0042)}`, 'Ann'],
    ['blank letters', 'Ann\u3164\u115f\uffa0', 'Ann'],
    ['line separators', 'Ann\u2028Bob', 'Ann Bob'],
    ['halves of characters', 'Ann\ud800', 'Ann\ufffd'],
  ])('lose their %s', (_, given, shown) => {
    expect(name(given)).toBe(shown);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t\u00a0\u3000 '],
    ['invisible characters', '\u200b\u202e\ufeff'],
    ['joiners alone', '\u200d\u200c\u200d'],
    ['a blank letter', '\u3164'],
    ['accents without a letter', '\u0301\u0301'],
    ['variation selectors', '\ufe0f\ufe0f'],
  ])('of %s are refused', (_, given) => {
    expect(name(given)).toBeUndefined();
  });

  it('have at most 64 characters, after cleaning', () => {
    expect(name('x'.repeat(LIMITS.nameLength))).toHaveLength(64);
    expect(name('x'.repeat(LIMITS.nameLength + 1))).toBeUndefined();
    expect(name(`Ann${' '.repeat(200)}Lee`)).toBe('Ann Lee');
    expect(name('x'.repeat(10_000))).toBeUndefined();
  });

  it.each([undefined, null, 5, {}, [], ['Ann'], { toString: () => 'Ann' }])('are text: %j is none', value => {
    expect(name(value)).toBeUndefined();
  });

  it('cleaning twice changes nothing more', () => {
    for (const text of [' a \u200b b ', '\u202e x\u0000 \u0000y', 'a\u2028\u2028b', '  \u0085 x \u00a0'])
      expect(cleanText(cleanText(text))).toBe(cleanText(text));
  });
});

describe('messages', () => {
  it('are cleaned as names are', () => {
    expect(message(' Hello,\n\nworld \u202e!')).toBe('Hello, world !');
  });
  it('keep markup: showing it as text is the page’s task', () => {
    expect(message('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });
  it('have at most 2000 characters', () => {
    expect(message('x'.repeat(2000))).toHaveLength(2000);
    const refused = MessageText.safeParse('x'.repeat(10_000));
    expect(refused.error?.issues[0]?.message).toContain('2000');
  });
  it.each(['', '   ', '\u200b', '\u200d'])('need something visible: %j has nothing', text => {
    expect(message(text)).toBeUndefined();
  });
  it('are cleaned quickly, whatever they are made of', () => {
    const before = process.cpuUsage();
    for (const part of [' ', '\u200b ', 'a ', '\u0301', '\n\u0000'])
      message(part.repeat(1000).slice(0, LIMITS.textLength));
    // Of the processor, not of the clock: others may want the machine, too.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(200);
  });
});

describe('names of rooms', () => {
  it.each(['a', 'Team-1', '2024.review_b', 'x'.repeat(64)])('%s is one', room => {
    expect(RoomName.safeParse(room).data).toBe(room);
  });
  it.each([
    '',
    '.',
    '..',
    '-a',
    '_a',
    'a b',
    'a/b',
    '../a',
    'ä',
    'a\n',
    'a%2fb',
    '__proto__',
    'x'.repeat(65),
    'a\u0000',
  ])('%j is none', room => {
    expect(RoomName.safeParse(room).success).toBe(false);
  });
});
