import { compareWords } from '../../agents/replay/words.ts';
import { type Spread, spread } from '../../test/harness/stats.ts';
import { spelled } from '../../test/harness/words.ts';
import type { Exchange } from '../call/port.ts';
import type { Phrase } from '../scenario/phrases.ts';
import type { ReadScenario } from '../scenario/read.ts';
import type { AnswerRules, Step, Whole } from '../scenario/schema.ts';
import { questionsIn, repeatedQuestionsIn } from './repeats.ts';

/** An exchange, and what must hold of its answer. */
export interface Judged extends Exchange {
  rules?: AnswerRules & Partial<Pick<Step, 'interrupted'>>;
}

/** What a conversation shows in figures. */
export interface Figures {
  /** Spoken: from the caller's last sound to the avatar's first. */
  latencyMs: number[];
  /** Typed: from a line to its answer's first word. */
  firstAnswerMs: number[];
  /** Spoken: of the caller's lines, as the server has written them down. */
  words: { said: number; lost: number };
}

/** What takes no longer was over before anybody noticed that the caller goes on, ms. */
const UNNOTICED_MS = 300;

/** Which rules are for the other way of holding a conversation. */
const ONLY: Readonly<Record<string, 'typed' | 'spoken'>> = {
  latencyMs: 'spoken',
  wordsHeard: 'spoken',
  heardOut: 'spoken',
  firstAnswerMs: 'typed',
};

/** What did not hold, in words; empty where all of it did. */
export function problemsOf(exchanges: readonly Judged[], whole: Whole, how: 'typed' | 'spoken'): string[] {
  const answers = exchanges.map(textOf);
  return [
    ...exchanges.flatMap((exchange, i) => problemsOfAnswer(exchange, exchanges[i + 1]?.silentAfterMs !== undefined)),
    ...(how === 'spoken' ? exchanges.flatMap(problemsOfInterruption) : []),
    ...problemsOfWhole(exchanges, answers, whole),
  ];
}

/** Keys of rules that cannot be judged when a conversation is held so. */
export function notJudged(
  { whole, caller }: Pick<ReadScenario, 'whole' | 'caller'>,
  how: 'typed' | 'spoken',
): string[] {
  const interrupts = 'steps' in caller && caller.steps.some(({ interrupted }) => interrupted !== undefined);
  return [
    ...Object.keys(whole).filter(key => (ONLY[key] ?? how) !== how),
    ...(interrupts && how === 'typed' ? ['interrupted'] : []),
  ];
}

export function figuresOf(exchanges: readonly Exchange[]): Figures {
  // All in one: what is said in two lines may be taken for one, and written down there.
  const spoken = exchanges.filter(({ line, heard }) => line !== undefined && heard !== undefined);
  const said = spoken.map(({ line }) => spelled(line!).join(' ')).join(' ');
  const { before } = compareWords(said, spoken.map(({ heard }) => spelled(heard!).join(' ')).join(' '));
  const words = { said: before.length, lost: before.filter(({ same }) => !same).length };
  return {
    latencyMs: exchanges.flatMap(({ latencyMs }) => latencyMs ?? []),
    firstAnswerMs: exchanges.flatMap(({ firstAnswerMs }) => firstAnswerMs ?? []),
    words,
  };
}

/** Of the caller's words, how many were written down, %; undefined: none was spoken. */
export const wordsHeardPercent = ({ words: { said, lost } }: Pick<Figures, 'words'>): number | undefined =>
  said === 0 ? undefined : Math.round((1000 * (said - lost)) / said) / 10;

/** What was said, in one. */
export const textOf = ({ answer }: Exchange): string => answer.map(({ text }) => text).join(' ');

/** @param interrupted by the next line: what was begun may have been taken back */
function problemsOfAnswer(exchange: Judged, interrupted: boolean): string[] {
  const { line, rules = {}, answer } = exchange;
  const text = textOf(exchange);
  const said = `${line === undefined ? 'the greeting' : `"${line}"`} → "${text}"`;
  const feelings = answer.map(({ feeling = 'neutral' }) => feeling);
  const persona = answer.at(-1)?.persona;
  return [
    ...(text === '' && !interrupted ? [`${line === undefined ? 'nobody greets' : `"${line}" has no answer`}`] : []),
    ...lacking(rules.must, text).map(source => `${said} lacks ${source}`),
    ...holding(rules.mustNot, text).map(source => `${said} holds ${source}`),
    ...(rules.persona !== undefined && persona !== undefined && persona !== rules.persona
      ? [`${said} is said by ${persona}, not by ${rules.persona}`]
      : []),
    ...(rules.feeling !== undefined && text !== '' && !feelings.some(feeling => rules.feeling!.includes(feeling))
      ? [`${said} is said with a face that is ${feelings.join(', ')}, not ${rules.feeling.join(' or ')}`]
      : []),
  ];
}

function problemsOfInterruption({ line, rules, silentAfterMs }: Judged): string[] {
  const wanted = rules?.interrupted;
  if (wanted === undefined) return [];
  if (silentAfterMs === undefined) return [`"${line}" was to interrupt an answer that was over before`];
  return silentAfterMs > wanted
    ? [`"${line}" was spoken over for ${Math.round(silentAfterMs)} ms, at most ${wanted} ms are wanted`]
    : [];
}

function problemsOfWhole(exchanges: readonly Judged[], answers: readonly string[], whole: Whole): string[] {
  const { latencyMs, firstAnswerMs, words } = figuresOf(exchanges);
  const heard = wordsHeardPercent({ words });
  const questions = answers.flatMap(questionsIn);
  const replies = answers.slice(1);
  const last = exchanges.at(-1)?.answer.at(-1)?.persona;
  return [
    ...lacking(whole.must, ...answers).map(source => `nothing that was said has ${source}`),
    ...answers.flatMap(text => holding(whole.mustNot, text).map(source => `"${text}" holds ${source}`)),
    ...(whole.mustAskOnce ?? []).flatMap(phrase => {
      const asked = questions.filter(question => phrase.matches(question));
      return asked.length === 1
        ? []
        : [
            asked.length === 0
              ? `never asked: ${phrase.source}`
              : `asked ${asked.length} times: ${phrase.source} (${asked.join(' ')})`,
          ];
    }),
    ...(whole.mustNotRepeat === true
      ? [
          ...repeatedQuestionsIn(answers).map(question => `asked twice: ${question}`),
          ...replies.filter((text, i) => text !== '' && replies.indexOf(text) !== i).map(text => `said twice: ${text}`),
        ]
      : []),
    ...(whole.persona !== undefined && last !== whole.persona
      ? [`in the end ${last ?? 'nobody'} answers, not ${whole.persona}`]
      : []),
    ...tooSlow('from the last sound to the answer', latencyMs, whole.latencyMs),
    ...tooSlow('to the first word of an answer', firstAnswerMs, whole.firstAnswerMs),
    ...(whole.wordsHeard !== undefined && heard !== undefined && heard < whole.wordsHeard
      ? [`${heard} % of the caller's words were written down, ${whole.wordsHeard} % are wanted`]
      : []),
    ...(whole.heardOut === true
      ? exchanges
          .filter(({ spokenOverMs = 0 }) => spokenOverMs > UNNOTICED_MS)
          .map(
            ({ line, spokenOverMs }) =>
              `"${line}" was not heard out: the avatar spoke ${Math.round(spokenOverMs!)} ms of it`,
          )
      : []),
  ];
}

/** Of phrases, those that none of these texts has. */
const lacking = (phrases: readonly Phrase[] | undefined, ...texts: readonly string[]): string[] =>
  (phrases ?? []).filter(phrase => !texts.some(text => phrase.matches(text))).map(({ source }) => source);

const holding = (phrases: readonly Phrase[] | undefined, text: string): string[] =>
  (phrases ?? []).filter(phrase => phrase.matches(text)).map(({ source }) => source);

function tooSlow(what: string, values: readonly number[], limits: Partial<Spread> | undefined): string[] {
  if (limits === undefined || values.length === 0) return [];
  const measured = spread(values);
  return (['p50', 'p95'] as const).flatMap(key => {
    const limit = limits[key];
    return limit !== undefined && measured[key] > limit
      ? [`${what}: ${key} ${measured[key]} ms, at most ${limit} ms are wanted`]
      : [];
  });
}
