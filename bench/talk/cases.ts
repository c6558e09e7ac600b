/** Conversations with what an answer must and must not hold, and what must hold of each as a whole. */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { repeatedQuestionsIn } from '../../rehearse/judge/repeats.ts';

const Patterns = z.array(z.string()).default([]);

const Case = z.object({
  persona: z.string(),
  /** What the person is called. */
  name: z.string().default('Maria'),
  turns: z
    .array(
      z.object({
        say: z.string(),
        /** The answer holds all of these; case does not matter. */
        must: Patterns,
        /** And none of these. */
        never: Patterns,
        note: z.string().optional(),
      }),
    )
    .min(1),
});
export type Case = z.infer<typeof Case>;

/** The cases of these files and of the YAML files in these folders; what is not there is passed over. */
export function readCases(places: readonly string[]): Case[] {
  const files = places.flatMap(place => {
    if (!fs.existsSync(place)) return [];
    if (!fs.statSync(place).isDirectory()) return [place];
    return fs
      .readdirSync(place)
      .filter(name => name.endsWith('.yaml'))
      .toSorted()
      .map(name => path.join(place, name));
  });
  return files.flatMap(file => z.array(Case).parse(parse(fs.readFileSync(file, 'utf8'))));
}

/** Holds a conversation: what was answered to each line, the greeting first. */
export type Hold = (persona: string, name: string, lines: readonly string[]) => Promise<string[]>;

/** How a conversation went. */
export interface Held {
  case: Case;
  /** The greeting, then an answer for each line. */
  answers: readonly string[];
  /** What did not hold, in words; empty where all of it did. */
  problems: readonly string[];
  repeatedQuestions: number;
}

/** A share of answers that may end in a question, where a conversation is long enough to tell. */
const MOST_QUESTIONS = 0.5;
const LONG_ENOUGH = 6;

export async function holdCase(each: Case, hold: Hold): Promise<Held> {
  const answers = await hold(
    each.persona,
    each.name,
    each.turns.map(({ say }) => say),
  );
  const replies = answers.slice(1);
  const problems = each.turns.flatMap(({ say, must, never }, i) => {
    const answer = replies[i] ?? '';
    const lacks = must
      .filter(pattern => !matches(answer, pattern))
      .map(pattern => `"${say}" → "${answer}" lacks ${pattern}`);
    const holds = never
      .filter(pattern => matches(answer, pattern))
      .map(pattern => `"${say}" → "${answer}" holds ${pattern}`);
    return [...lacks, ...holds, ...(answer === '' ? [`"${say}" has no answer`] : [])];
  });
  const repeated = repeatedQuestionsIn(answers);
  const again = replies.filter((answer, i) => replies.indexOf(answer) !== i);
  const share = questionShare(replies);
  return {
    case: each,
    answers,
    problems: [
      ...problems,
      ...repeated.map(question => `asked twice: ${question}`),
      ...again.map(answer => `said twice: ${answer}`),
      ...(replies.length >= LONG_ENOUGH && share > MOST_QUESTIONS
        ? [`${Math.round(100 * share)} % of the answers end in a question`]
        : []),
    ],
    repeatedQuestions: repeated.length,
  };
}

export const questionShare = (replies: readonly string[]): number =>
  replies.filter(endsInQuestion).length / Math.max(1, replies.length);

const endsInQuestion = (text: string) => text.trimEnd().endsWith('?');

/** The patterns are a case file's own: they are made of its text. */
const matches = (text: string, pattern: string): boolean => new RegExp(pattern, 'iu').test(text);
