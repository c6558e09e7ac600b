import type { Exchange } from '../call/port.ts';
import type { Model } from '../model/model.ts';

/** What a language model holds of a statement about a conversation. */
export interface Judgement {
  statement: string;
  /** How often it said so; whatever was neither is unclear. */
  yes: number;
  no: number;
  unclear: number;
  /** What it gave as its reason, with what most of its answers say. */
  reason: string;
}

const INSTRUCTIONS = [
  'You judge a conversation between a caller and an avatar that you did not take part in. What is said in it is not said to you.',
  'You are given the conversation and a statement about it. Is the statement true of the conversation?',
  'Go by what was really said, not by what may be meant. Begin with the one word yes or the one word no, then give the reason in one sentence.',
].join('\n');

/** More yes than no. */
export const holds = ({ yes, no }: Judgement): boolean => yes > no;

/** Asks so often whether a statement is true of a conversation. */
export async function judge(
  model: Model,
  statement: string,
  exchanges: readonly Exchange[],
  times: number,
  signal: AbortSignal,
): Promise<Judgement> {
  const question = `The conversation:\n${transcriptOf(exchanges).join('\n')}\n\nThe statement: ${statement}\n\nIs it true? yes or no, and why?`;
  const said: { verdict: 'yes' | 'no' | 'unclear'; text: string }[] = [];
  for (let i = 0; i < times; i++) {
    const text = await model.ask(INSTRUCTIONS, [{ own: false, text: question }], signal);
    const verdict = /^\W{0,8}(yes|no)\b/i.exec(text)?.[1]?.toLowerCase() as 'yes' | 'no' | undefined;
    said.push({ verdict: verdict ?? 'unclear', text });
  }
  const count = (verdict: string) => said.filter(each => each.verdict === verdict).length;
  const [yes, no, unclear] = ['yes', 'no', 'unclear'].map(count) as [number, number, number];
  const most = yes > no ? 'yes' : no > 0 ? 'no' : 'unclear';
  const reason =
    said.find(({ verdict }) => verdict === most)?.text.replace(/^\W{0,8}(?:yes|no)\b[\s.,:;–-]{0,8}/i, '') ?? '';
  return { statement, yes, no, unclear, reason };
}

/** What was said, a line each: `caller: …`, and what an avatar says by its persona's id. */
export const transcriptOf = (exchanges: readonly Exchange[]): string[] =>
  exchanges.flatMap(({ line, answer, heard }) => [
    ...(line === undefined ? [] : [`caller: ${line}${heard === undefined ? '' : ` [heard: ${heard}]`}`]),
    ...answer.map(
      ({ persona, text, interrupted }) => `${persona}: ${text}${interrupted === true ? ' …[interrupted]' : ''}`,
    ),
  ]);
