import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, type Hold, holdCase, questionShare, readCases } from './cases.ts';
import { openHold } from './hold.ts';

const cases = readCases([path.resolve(import.meta.dirname)]);
const LONG = 15;

describe('conversations with the embedded dialogue, through the session of a call', () => {
  let opened: Awaited<ReturnType<typeof openHold>>;
  beforeAll(async () => {
    opened = await openHold();
  });
  afterAll(() => opened.close());

  it.each(
    cases.map((each): [string, Case] => [`${each.persona}: ${each.turns[0]!.say}`, each]),
  )('hold what they must: %s', async (_, each) => {
    const { problems } = await holdCase(each, opened.hold);
    expect(problems).toEqual([]);
  });

  it('ask in fewer than half of their answers, and nothing twice', async () => {
    const long = cases.filter(({ turns }) => turns.length > LONG);
    expect(long.length).toBeGreaterThan(2);
    for (const each of long) {
      const { answers, repeatedQuestions } = await holdCase(each, opened.hold);
      expect(questionShare(answers.slice(1))).toBeLessThan(0.4);
      expect(repeatedQuestions).toBe(0);
    }
  });
});

describe('a case', () => {
  const each: Case = {
    persona: 'p',
    name: 'Ann',
    turns: [{ say: 'Hello.', must: ['hello|hi'], never: ['\\?$'] }],
  };
  const answering =
    (...answers: string[]): Hold =>
    async () => ['Greeting.', ...answers];

  it('holds where all of must and none of never is in the answer', async () => {
    expect((await holdCase(each, answering('Hi Ann.'))).problems).toEqual([]);
    expect((await holdCase(each, answering('Good day?'))).problems).toEqual([
      '"Hello." → "Good day?" lacks hello|hi',
      '"Hello." → "Good day?" holds \\?$',
    ]);
    expect((await holdCase(each, answering(''))).problems).toContain('"Hello." has no answer');
  });

  it('does not hold where something is asked or said twice, or too much is asked', async () => {
    const turns = Array.from({ length: 6 }, (_, i) => ({ say: `Line ${i}.`, must: [], never: [] }));
    const { problems } = await holdCase({ ...each, turns }, answering('A?', 'A?', 'B?', 'C?', 'D.', 'D.'));
    expect(problems).toEqual([
      'asked twice: A?',
      'said twice: A?',
      'said twice: D.',
      '67 % of the answers end in a question',
    ]);
  });
});
