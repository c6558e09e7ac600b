/**
 * How well the embedded dialogue listens: conversations with what answers must and must not hold, through the session of a
 * call. Those of `shared/talks`, where that folder is, and those of `bench/talk`. How well danger is recognised, and what a
 * language model on this machine costs, where there is one.
 */
import path from 'node:path';
import { spread } from '../test/harness/stats.ts';
import { type Held, holdCase, questionShare, readCases } from './talk/cases.ts';
import { openHold } from './talk/hold.ts';
import { modelFigures } from './talk/model.ts';
import { safetyFigures } from './talk/safety.ts';

const PLACES = {
  own: [path.resolve('bench/talk')],
  shared: [path.resolve('shared/talks'), path.resolve('../shared/talks')],
};
/** Conversations that are long enough to tell how much is asked in them. */
const LONG = 15;

export async function bench(): Promise<object> {
  return { ...(await conversationFigures()), ...safetyFigures(), ...(await ofModel()) };
}

/** Of a language model, where there is one. */
async function ofModel(): Promise<object> {
  const figures = await modelFigures();
  if (figures === undefined) return {};
  const { firstWordMs, tokensPerSecond, cancelMs, ...rest } = figures;
  return {
    ...rest,
    firstWordMs: spread(firstWordMs),
    tokensPerSecond: round(spread(tokensPerSecond).p50),
    cancelMs: spread(cancelMs).p95,
  };
}

/** Of the cases, and of the questions in the long ones. */
async function conversationFigures(): Promise<object> {
  const { hold, tookMs, close } = await openHold();
  try {
    const own: Held[] = [];
    for (const each of readCases(PLACES.own)) own.push(await holdCase(each, hold));
    const shared: Held[] = [];
    for (const each of readCases(PLACES.shared)) shared.push(await holdCase(each, hold));
    const all = [...shared, ...own];
    for (const { problems, case: each } of all)
      for (const problem of problems) console.log(`${each.persona}: ${problem}`);
    const long = all.filter(({ answers }) => answers.length > LONG);
    return {
      cases: all.length,
      casesHeldPercent: percent(all.filter(({ problems }) => problems.length === 0).length, all.length),
      ...(shared.length > 0 && {
        sharedCasesHeldPercent: percent(shared.filter(({ problems }) => problems.length === 0).length, shared.length),
      }),
      questionsPercent: round(100 * questionShare(long.flatMap(({ answers }) => answers.slice(1)))),
      repeatedQuestions: all.reduce((sum, { repeatedQuestions }) => sum + repeatedQuestions, 0),
      answerMs: spread(tookMs),
    };
  } finally {
    await close();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;
const percent = (part: number, whole: number) => round((100 * part) / Math.max(1, whole));
