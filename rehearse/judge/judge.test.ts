import { describe, expect, it } from 'vitest';
import type { Exchange } from '../call/port.ts';
import type { Model } from '../model/model.ts';
import { exactly, readPattern } from '../scenario/phrases.ts';
import { holds, judge, transcriptOf } from './judgement.ts';
import { figuresOf, type Judged, problemsOf, wordsHeardPercent } from './rules.ts';

const answer = (text: string, persona = 'sarah') => [{ persona, text }];
const of = (...exchanges: Judged[]) => [{ answer: answer('Hello Ann.') }, ...exchanges];
const phrases = (...sources: string[]) => sources.map(readPattern);
const { signal } = new AbortController();

describe('the rules of an answer', () => {
  it('hold where all that it must have is in it, and nothing that it must not', () => {
    const rules = { must: phrases('price|cost', 'step'), mustNot: [exactly('€')] };
    expect(problemsOf(of({ line: 'So?', answer: answer('Name the cost. One step.'), rules }), {}, 'typed')).toEqual([]);
    expect(problemsOf(of({ line: 'So?', answer: answer('5 €.'), rules }), {}, 'typed')).toEqual([
      '"So?" → "5 €." lacks price|cost',
      '"So?" → "5 €." lacks step',
      '"So?" → "5 €." holds "€"',
    ]);
  });

  it('do not hold where nothing is said, somebody else says it, or with another face', () => {
    const rules = { persona: 'june', feeling: ['sad' as const] };
    const [wrong, face] = problemsOf(of({ line: 'So?', answer: answer('Yes.'), rules }), {}, 'typed');
    expect(wrong).toMatch(/said by sarah, not by june/);
    expect(face).toMatch(/neutral, not sad/);
    expect(problemsOf(of({ line: 'So?', answer: [] }), {}, 'typed')).toEqual(['"So?" has no answer']);
    expect(
      problemsOf(of({ line: 'So?', answer: [{ persona: 'june', text: 'Oh.', feeling: 'sad' }], rules }), {}, 'typed'),
    ).toEqual([]);
  });

  it('of an interruption want silence in time, where something is heard at all', () => {
    const said = (silentAfterMs?: number): Judged => ({
      line: 'Stop.',
      answer: answer('Yes.'),
      rules: { interrupted: 700 },
      silentAfterMs,
    });
    expect(problemsOf(of(said(300)), {}, 'spoken')).toEqual([]);
    expect(problemsOf(of(said(900)), {}, 'spoken')).toEqual([
      '"Stop." was spoken over for 900 ms, at most 700 ms are wanted',
    ]);
    expect(problemsOf(of(said()), {}, 'spoken')).toEqual(['"Stop." was to interrupt an answer that was over before']);
    expect(problemsOf(of(said()), {}, 'typed')).toEqual([]);
  });
});

describe('the rules of a whole conversation', () => {
  it('want a thing to be asked once, no more and no less', () => {
    const whole = { mustAskOnce: phrases('(what|how much) .. cost*') };
    const asks = (...texts: string[]) =>
      problemsOf(of(...texts.map(text => ({ line: 'So?', answer: answer(text) }))), whole, 'typed');
    expect(asks('I see. What does it cost?', 'It costs you nothing.')).toEqual([]);
    expect(asks('I see.')).toEqual(['never asked: (what|how much) .. cost*']);
    expect(asks('What does it cost?', 'How much does one cost?')).toEqual([expect.stringMatching(/^asked 2 times/)]);
  });

  it('want nothing to be asked or said twice', () => {
    const twice = of({ line: 'A', answer: answer('Fine. And you?') }, { line: 'B', answer: answer('Fine. And you?') });
    expect(problemsOf(twice, { mustNotRepeat: true }, 'typed')).toEqual([
      'asked twice: And you?',
      'said twice: Fine. And you?',
    ]);
    expect(problemsOf(twice, {}, 'typed')).toEqual([]);
    expect(
      problemsOf(
        of({ line: 'A', answer: answer('Well? Yes.') }, { line: 'B', answer: answer('Yes. And you?') }),
        { mustNotRepeat: true },
        'typed',
      ),
    ).toEqual([]);
  });

  it('look everywhere for what must be and what must not be, and at who answers in the end', () => {
    const exchanges = of(
      { line: 'A', answer: answer('The price.') },
      { line: 'B', answer: answer('Good day.', 'june') },
    );
    const whole = { must: phrases('price', 'step'), mustNot: phrases('hello'), persona: 'sarah' };
    expect(problemsOf(exchanges, whole, 'typed')).toEqual([
      'nothing that was said has step',
      '"Hello Ann." holds hello',
      'in the end june answers, not sarah',
    ]);
  });

  it('measure how soon it answers, how much it hears, and whether it lets people finish', () => {
    const exchanges = of(
      { line: 'One, two, three four.', heard: 'One two door 4.', latencyMs: 400, answer: answer('A.') },
      { line: 'five', heard: 'five', latencyMs: 1200, spokenOverMs: 900, answer: answer('B.') },
    );
    expect(wordsHeardPercent(figuresOf(exchanges))).toBe(80);
    expect(
      problemsOf(exchanges, { latencyMs: { p50: 500, p95: 1000 }, wordsHeard: 90, heardOut: true }, 'spoken'),
    ).toEqual([
      'from the last sound to the answer: p95 1200 ms, at most 1000 ms are wanted',
      "80 % of the caller's words were written down, 90 % are wanted",
      '"five" was not heard out: the avatar spoke 900 ms of it',
    ]);
  });
});

describe('a statement that a model judges', () => {
  const exchanges: Exchange[] = of({ line: 'What does it cost?', answer: answer('Ninety euros.') });
  const saying = (...answers: string[]): Model => ({ ask: async () => answers.shift() ?? '' });

  it('holds where most of its answers are yes, with their reason', async () => {
    const judgement = await judge(
      saying('Yes: it is named.', 'no, it is not', 'YES. Ninety.'),
      'The price is named.',
      exchanges,
      3,
      signal,
    );
    expect(judgement).toEqual({ statement: 'The price is named.', yes: 2, no: 1, unclear: 0, reason: 'it is named.' });
    expect(holds(judgement)).toBe(true);
  });

  it.each([
    [['No. Not at all.', 'yes'], 'Not at all.'],
    [['That depends.', 'Yesterday, perhaps.'], 'That depends.'],
  ])('does not hold for %j', async (answers, reason) => {
    const judgement = await judge(saying(...answers), 'S', exchanges, 2, signal);
    expect(holds(judgement)).toBe(false);
    expect(judgement.reason).toBe(reason);
  });

  it('is asked with all that was said', async () => {
    let asked = '';
    const model: Model = {
      ask: async (_, lines) => {
        asked = lines[0]!.text;
        return 'yes';
      },
    };
    await judge(model, 'The price is named.', exchanges, 1, signal);
    for (const line of [...transcriptOf(exchanges), 'The price is named.']) expect(asked).toContain(line);
  });
});
