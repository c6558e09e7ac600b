import { describe, expect, it } from 'vitest';
import { clauseEnd } from './clauses.ts';

/** The clause, and what is left; undefined: none. */
function cut(text: string, force = false): [string, string] | undefined {
  const end = clauseEnd(text, force);
  return end === undefined ? undefined : [text.slice(0, end).trim(), text.slice(end)];
}

describe('a sentence that is long in coming', () => {
  it.each([
    ['before a conjunction', 'we went down to the sea because it was ', 'we went down to the sea'],
    ['before a preposition', 'the old octopus lives quietly under a rock ', 'the old octopus lives quietly'],
    ['behind a comma, rather', 'after a long day, we went home with ', 'after a long day,'],
    ['in Chinese, behind its comma', '我们 今天 去了海边， 天气 ', '我们 今天 去了海边，'],
  ])('is cut %s', (_, text, clause) => expect(cut(text)?.[0]).toBe(clause));

  it('is not cut where it has no such place, until it has to be', () => {
    const text = 'my old green friend Bob sang loud songs ';
    expect(cut(text)).toBeUndefined();
    expect(cut(text, true)).toEqual(['my old green friend Bob sang loud songs', '']);
  });

  it('never ends with a word that leads on', () => {
    expect(cut('she gave her small brother the ', true)).toEqual(['she gave her small brother', 'the ']);
  });

  it('leaves a word that is still being written', () => {
    expect(cut('one two three four five si', true)).toEqual(['one two three four five', 'si']);
    expect(cut('he walked all the way in', false)).toBeUndefined();
  });

  it('has four words at least', () => {
    expect(cut('we go and ', true)).toBeUndefined();
    expect(cut('', true)).toBeUndefined();
  });

  it('does not part what is in brackets', () => {
    expect(cut('we all went there (in the old red car ', true)?.[0]).toBe('we all went there');
  });

  it('is cut between words where a script has no blanks', () => {
    const [clause, rest] = cut('我们今天早上一起去了海边看日出', true)!;
    expect(clause.length).toBeGreaterThanOrEqual(4);
    expect(rest).not.toBe('');
  });
});
