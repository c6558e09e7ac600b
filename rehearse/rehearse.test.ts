import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PERSONA } from '../agents/testing/scene.ts';
import { type Call, CallError, type CallerLine, type CallOptions } from './call/port.ts';
import type { Model } from './model/model.ts';
import { type RehearseOptions, rehearse } from './rehearse.ts';
import { readScenarios } from './scenario/read.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-rehearse-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Holds a scenario with somebody who answers so; what came of it, and what was said to whom. */
async function hold(
  text: string,
  answer: (line: string, options: CallOptions) => string | Promise<string>,
  over: Partial<RehearseOptions> = {},
) {
  const file = path.join(folder, 'a.yaml');
  fs.writeFileSync(file, `scenarios:\n  - name: one\n${text.replace(/^/gm, '    ')}`);
  const said: CallerLine[] = [];
  let open = 0;
  const opening = (how: Call['how']) => async (options: CallOptions) => {
    open++;
    return {
      how,
      greeted: async () => ({ answer: [{ persona: 'p', text: await answer('', options) }] }),
      say: async (line: CallerLine) => {
        said.push(line);
        return { line: line.text, answer: [{ persona: 'p', text: await answer(line.text, options) }] };
      },
      close: async () => {
        open--;
      },
    };
  };
  const report = await rehearse(readScenarios(file)[0]!, {
    personaOf: id => (id === 'p' ? PERSONA : undefined),
    defaultPersona: 'p',
    seed: 1,
    typed: opening('typed'),
    signal: new AbortController().signal,
    ...over,
  });
  expect(open).toBe(0);
  return { report, said, lines: said.map(line => line.text), spoken: opening('spoken') };
}

describe('a scenario', () => {
  it('says its lines in order, leaves out what nobody asked for, and answers what is asked', async () => {
    const { lines, report } = await hold(
      `caller:
  - say: Hello.
  - { say: It costs nine., when: cost }
  - { say: Never said., when: weather }
  - say: Goodbye.
replies:
  - { when: your name, say: Ann. }`,
      line =>
        line === ''
          ? 'Good day.'
          : line === 'Hello.'
            ? 'What is your name? What is your name?'
            : line === 'Ann.'
              ? 'What does it cost?'
              : 'Your name?',
    );
    expect(lines).toEqual(['Hello.', 'Ann.', 'It costs nine.', 'Goodbye.']);
    expect(report).toMatchObject({ outcome: 'passed', how: 'typed', wanted: 1 });
  });

  it('is held as often as it wants, and passes by its share', async () => {
    let call = 0;
    const text = 'times: 4\npass: 0.7\ncaller: [{ say: hello, must: good }]';
    const answers = (bad: number) => (line: string) => (line === '' ? 'Hi.' : call++ < bad ? 'Bad.' : 'Good.');
    expect((await hold(text, answers(1))).report).toMatchObject({ outcome: 'passed', wanted: 3 });
    call = 0;
    const { report } = await hold(text, answers(2), { seed: 5 });
    expect(report).toMatchObject({ outcome: 'failed', wanted: 3 });
    expect(report.runs.map(({ seed, problems }) => [seed, problems.length])).toEqual([
      [5, 1],
      [6, 1],
      [7, 0],
      [8, 0],
    ]);
    expect((await hold(text, answers(0), { times: 1 })).report.runs).toHaveLength(1);
  });

  it('leaves to chance what the seed decides, and the seed alone', async () => {
    const text = `caller: [{ say: [a, b, c, d, e, f] }, { say: [a, b, c, d, e, f] }, { say: [a, b, c, d, e, f] }]`;
    const linesOf = async (seed: number) => (await hold(text, () => 'Well.', { seed })).lines.join('');
    expect(await linesOf(3)).toBe(await linesOf(3));
    expect(new Set(await Promise.all([linesOf(1), linesOf(2), linesOf(3), linesOf(4)])).size).toBeGreaterThan(1);
  });

  it('tells beforehand which answer is going to be interrupted', async () => {
    const { said } = await hold(
      'caller: [{ say: a }, { say: b, interruptAfterMs: 1200 }, { say: c, persona: p }]',
      () => 'Well.',
    );
    expect(said).toEqual([
      { text: 'a', interrupts: false, interruptedAfterMs: 1200, answeredBy: undefined },
      { text: 'b', interrupts: true, interruptedAfterMs: undefined, answeredBy: undefined },
      { text: 'c', interrupts: false, interruptedAfterMs: undefined, answeredBy: 'p' },
    ]);
  });

  it('fails with what was said so far where nobody answers', async () => {
    const { report } = await hold('caller: [{ say: a }, { say: b }]', line => {
      if (line === 'b') throw new CallError('no answer within 20 s');
      return 'Well.';
    });
    expect(report.runs[0]).toMatchObject({
      problems: ['no answer within 20 s'],
      transcript: ['p: Well.', 'caller: a', 'p: Well.'],
    });
  });

  it('is broken off with its signal, and leaves nothing open', async () => {
    const stopped = new AbortController();
    const answer = () => {
      stopped.abort(new Error('enough'));
      throw new CallError('cut off');
    };
    await expect(hold('caller: [{ say: a }]', answer, { signal: stopped.signal })).rejects.toThrow('enough');
  });

  it('is refused where nobody is of the persona’s id', async () => {
    await expect(hold('persona: q\ncaller: [{ say: a }]', () => '')).rejects.toThrow(
      /a\.yaml:3: scenarios\.0\.persona: there is no persona q/,
    );
    await expect(hold('caller: [{ say: a }]', () => '', { persona: 'q' })).rejects.toThrow(/^there is no persona q$/);
  });
});

describe('what cannot be held or judged', () => {
  const well = () => 'Well.';

  it.each([
    ['only: spoken\ncaller: [{ say: a }]', /only spoken/],
    ['caller: { who: a baker, wants: bread }', /no language model .* play the caller/],
    ['judge: It is kind.\ncaller: [{ say: a }]', /no language model .* judge/],
  ])('is skipped, and says why: %s', async (text, reason) => {
    const { report, lines } = await hold(text, well);
    expect(report).toMatchObject({ outcome: 'skipped', skipped: expect.stringMatching(reason), runs: [] });
    expect(lines).toEqual([]);
  });

  it('is named beside what was judged', async () => {
    const text = 'judge: It is kind.\nwhole: { latencyMs: { p50: 9 } }\ncaller: [{ say: a, must: well }]';
    const { report, spoken } = await hold(text, well);
    expect(report).toMatchObject({ outcome: 'passed', skippedJudgements: ['It is kind.'], notJudged: ['latencyMs'] });
    expect((await hold(text, well, { spoken })).report).toMatchObject({ how: 'spoken', notJudged: [] });
    expect((await hold(`only: typed\n${text}`, well, { spoken })).report).toMatchObject({ how: 'typed' });
  });
});

describe('with a language model', () => {
  it('a described person calls until they have what they want, or give up', async () => {
    const asked: string[][] = [];
    const model: Model = {
      ask: async (instructions, lines) => {
        asked.push([instructions, ...lines.map(({ own, text }) => `${own ? 'own' : 'them'}: ${text}`)]);
        return lines.length > 3 ? 'Thank you. That was all.' : 'Do you have bread?';
      },
    };
    const text = 'caller: { who: A hungry baker., wants: bread, givesUpAfterTurns: 5 }';
    const { lines } = await hold(text, line => (line === '' ? 'Hello.' : 'No.'), { model });
    expect(lines).toEqual(['Do you have bread?', 'Do you have bread?']);
    expect(asked[1]!.slice(1)).toEqual(['them: Hello.', 'own: Do you have bread?', 'them: No.']);
    expect(asked[0]![0]).toMatch(/Maria.*A hungry baker/s);
    const stubborn: Model = { ask: async () => 'Do you have bread?' };
    expect((await hold(text, () => 'No.', { model: stubborn })).lines).toHaveLength(5);
  });

  it('statements are judged, and one that is not true is a problem', async () => {
    const model: Model = { ask: async (_, [line]) => (line!.text.includes('kind') ? 'yes, it is' : 'no, it is not') };
    const text = 'judge: [It is kind., It is funny.]\njudgements: 1\ncaller: [{ say: a }]';
    const { report } = await hold(text, () => 'Well.', { model });
    expect(report).toMatchObject({ outcome: 'failed', skippedJudgements: [] });
    expect(report.runs[0]!.problems).toEqual(['judged not true: It is funny. (it is not)']);
    expect(report.runs[0]!.judgements.map(({ yes, no }) => [yes, no])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
