import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exactly, readPattern } from './phrases.ts';
import { readScenarios } from './read.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-scenarios-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const file = path.join(folder, 'a.yaml');
const read = (text: string) => {
  fs.writeFileSync(file, text);
  return readScenarios(file);
};
const problem = (text: string) => {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message.replaceAll(file, 'a.yaml');
  }
  return undefined;
};
const scenario = (...lines: string[]) =>
  ['scenarios:', '  - name: one', ...lines.map(line => `    ${line}`)].join('\n');

describe('a scenario file', () => {
  it('says once what holds for all of its scenarios', () => {
    const [one, two] = read(`
persona: sarah
callerName: Ben
times: 3
scenarios:
  - name: one
    caller: [{ say: hello }]
  - name: two
    persona: june
    times: 1
    caller: { who: a baker, wants: to know the price }`);
    expect(one).toMatchObject({
      persona: 'sarah',
      callerName: 'Ben',
      times: 3,
      pass: 1,
      caller: { steps: [{ say: ['hello'] }] },
    });
    expect(two).toMatchObject({ persona: 'june', times: 1, caller: { who: 'a baker', givesUpAfterTurns: 12 } });
    expect(two!.place('persona')).toBe(`${file}:9: scenarios.1.persona`);
  });

  it.each([
    [
      'a key that nobody knows',
      scenario('caller: [{ say: hi, musst: price }]'),
      /^a\.yaml:3: scenarios\.0\.caller\.0\.musst: there is no such key/,
    ],
    [
      'a pattern that is wrong',
      scenario('caller:', '  - say: hi', '    must: [price, "(a|b"]'),
      /^a\.yaml:5: scenarios\.0\.caller\.0\.must\.1: the pattern "\(a\|b" is wrong: a bracket is not closed/,
    ],
    ['signs in a pattern', scenario('caller: [{ say: hi, must: "€ 5" }]'), /€ means nothing.*\{ text/],
    ['a feeling that no face has', scenario('caller: [{ say: hi, feeling: bored }]'), /caller\.0\.feeling: .*sad/],
    [
      'a caller who says nothing',
      scenario('greeting: { must: hello }'),
      /^a\.yaml:2: scenarios\.0\.caller: a list of lines to say, or/,
    ],
    ['no YAML', 'scenarios: [', /^a\.yaml:1: /],
    [
      'a name that is there twice',
      'scenarios:\n- { name: a, caller: [{ say: b }] }\n- { name: a, caller: [{ say: b }] }',
      /^a\.yaml:3: scenarios\.1\.name: /,
    ],
    [
      'an interruption that waits for the answer',
      scenario('caller: [{ say: hi, interruptAfterMs: 9, when: price }]'),
      /caller\.0\.when: /,
    ],
    ['a share of more than all', scenario('pass: 90', 'caller: [{ say: hi }]'), /^a\.yaml:3: scenarios\.0\.pass: /],
  ])('is refused for %s, with file, line and key', (_, text, message) => {
    expect(problem(text)).toMatch(message);
  });

  it('is what the page on rehearsing shows', () => {
    const page = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/rehearsing.md'), 'utf8');
    const [, example] = page.split('```yaml\n');
    expect(read(example!.split('```')[0]!).map(({ name }) => name)).toHaveLength(3);
    const patterns = [...page.matchAll(/^\| (`.*`) \|.*\|$/gm)]
      .slice(-9)
      .flatMap(([, cell]) => cell!.match(/(?<=`)[^`,{]+(?=`)/g) ?? []);
    expect(patterns.length).toBeGreaterThan(9);
    for (const pattern of patterns) expect(() => readPattern(pattern.replaceAll('\\|', '|'))).not.toThrow();
  });

  it('is refused where it is huge, or grows when it is read', () => {
    expect(problem(`# ${'x'.repeat(300_000)}`)).toMatch(/at most 256 kB/);
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    expect(problem(['l0: &l0 [x, x]', ...levels].join('\n'))).toMatch(/^a\.yaml:1: .*alias/i);
    expect(problem(scenario(`caller: [${Array(200).fill('{ say: hi }').join(', ')}]`))).toMatch(/caller: /);
    expect(() => readScenarios(path.join(folder, 'nothing.yaml'))).toThrow(/there is no file/);
  });
});

describe('a phrase', () => {
  it.each([
    ['price|cost', 'What does it COST?', true],
    ['price|cost', 'It is costly.', false],
    ['cost*', 'It is costly.', true],
    ["don't know", 'I do not know.', true],
    ['do not know', 'I don’t know.', true],
    ['follow-up', 'A follow-up call.', true],
    ['café', 'your cafe', true],
    ['next .. step', 'The next small step is this.', true],
    ['next .. step', 'Next. Step.', false],
    ["it's (ready|done)", 'Its done', true],
    ['first', `${'word '.repeat(400)}. And so on. First of all.`, true],
    ['first', `First of all. ${'And so on. '.repeat(400)}`, true],
  ])('%s in "%s": %s', (source, text, found) => {
    expect(readPattern(source).matches(text)).toBe(found);
  });

  it('of very characters is found as it is written', () => {
    expect(exactly('€ 19.99').matches('That is € 19.99.')).toBe(true);
    expect(exactly('€ 19.99').matches('That is €19,99.')).toBe(false);
  });
});
