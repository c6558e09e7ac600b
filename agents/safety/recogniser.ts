import fs from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DANGERS, kindOf, type Topic } from '../../protocol/dangers.ts';
import { type Pattern, PatternReader } from './pattern.ts';
import { STOP, wordsOf } from './words.ts';

/** Something is wrong, by what was said. */
export interface Danger {
  topic: Topic;
  /** Of the language that it was said in, BCP 47. */
  language: string;
  /** It is told of somebody else. */
  other: boolean;
  /** The words that say so: from, and up to but without. */
  start: number;
  end: number;
}

const phrases = z.array(z.string().min(1));
const LanguageFile = z.strictObject({
  fillers: phrases.default([]),
  negations: phrases,
  classes: z.record(z.string(), phrases).default({}),
  rules: z.record(
    z.string().refine(topic => DANGERS.includes(kindOf(topic as Topic)), 'there is no such kind of danger'),
    phrases,
  ),
  idioms: phrases.default([]),
  frames: z
    .strictObject({
      fiction: phrases.default([]),
      told: phrases.default([]),
      past: phrases.default([]),
      asked: phrases.default([]),
      denied: phrases.default([]),
    })
    .prefault({}),
  intents: z.record(z.string(), phrases).default({}),
});

type Frame = keyof z.infer<typeof LanguageFile>['frames'];

/** Who speaks of themselves, here and now. */
const FIRST_PERSONS = new Set(['i', 'my', 'we', 'me', 'us', 'our', 'can', 'help']);
/** Patterns that begin with somebody else. */
const OTHERS = /^<(?:who|kin)>/;
/** What is told of long ago is told to somebody who listens. */
const TIMELESS = new Set<string>(['child/abuse', 'violence/sexual', 'violence/home']);

/** Finds danger in what people say in one language. */
export class Recogniser {
  readonly language: string;
  readonly #rules: readonly (readonly [Topic, readonly Pattern[]])[];
  readonly #idioms: readonly Pattern[];
  readonly #intents: ReadonlyMap<string, readonly Pattern[]>;
  readonly #frames: Readonly<Record<Frame, readonly Pattern[]>>;

  /** Reads `languages/LANGUAGE.yaml`. Throws where it is wrong. */
  constructor(language: string, file = new URL(`languages/${language}.yaml`, import.meta.url)) {
    const { fillers, negations, classes, rules, idioms, frames, intents } = LanguageFile.parse(
      parse(fs.readFileSync(file, 'utf8')),
    );
    this.language = language;
    const reader = new PatternReader({ classes, fillers: new Set(fillers), negations: new Set(negations) });
    const read = (sources: readonly string[]) => sources.map(source => reader.read(source));
    this.#rules = Object.entries(rules).map(([topic, sources]) => [topic as Topic, read(sources)]);
    this.#idioms = read(idioms);
    this.#intents = new Map(Object.entries(intents).map(([intent, sources]) => [intent, read(sources)]));
    this.#frames = Object.fromEntries(
      Object.entries(frames).map(([frame, sources]) => [frame, read(sources)]),
    ) as unknown as Record<Frame, readonly Pattern[]>;
  }

  /** Whether words mean what is called so in the file. */
  means(intent: string, words: readonly string[]): boolean {
    return this.#intents.get(intent)?.some(pattern => spans(pattern, words).length > 0) ?? false;
  }

  /** What is wrong, the most pressing first; empty: nothing. */
  find(text: string | readonly string[]): Danger[] {
    const words = typeof text === 'string' ? wordsOf(text) : text;
    const found = this.#rules.flatMap(([topic, patterns]) =>
      patterns.flatMap(pattern =>
        spans(pattern, words).map(span => ({
          topic,
          language: this.language,
          other: OTHERS.test(pattern.source),
          ...span,
        })),
      ),
    );
    if (found.length === 0) return found;
    const idioms = this.#idioms.flatMap(pattern => spans(pattern, words));
    const frames = Object.fromEntries(
      Object.entries(this.#frames).map(([frame, patterns]) => [
        frame,
        patterns.flatMap(pattern => spans(pattern, words, true)),
      ]),
    ) as unknown as Record<Frame, Span[]>;
    const topics = this.#rules.map(([topic]) => topic);
    const rank = ({ topic }: Danger) => DANGERS.indexOf(kindOf(topic)) * topics.length + topics.indexOf(topic);
    return found
      .filter(danger => !idioms.some(idiom => overlap(idiom, danger)) && !isFramed(danger, frames, words))
      .sort((a, b) => rank(a) - rank(b) || a.start - b.start);
  }
}

interface Span {
  start: number;
  end: number;
}

/** Where a pattern matches: of matches that begin at one word the longest, or each. */
function spans({ endsOf, needs }: Pattern, words: readonly string[], each = false): Span[] {
  if (!needs.every(need => words.some(word => need.has(word)))) return [];
  return words.flatMap((_, start) => {
    const ends = [...endsOf(words, start)];
    if (ends.length === 0) return [];
    return (each ? ends : [Math.max(...ends)]).map(end => ({ start, end }));
  });
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

function isFramed({ topic, start, end }: Danger, frames: Record<Frame, Span[]>, words: readonly string[]): boolean {
  const from = start === 0 ? 0 : words.lastIndexOf(STOP, start - 1) + 1;
  const upTo = words.indexOf(STOP, start);
  const inSentence = (frame: Span) => frame.start >= from && frame.start <= upTo;
  const before = (frame: Span) => inSentence(frame) && frame.end <= start;
  const isFirst = FIRST_PERSONS.has(words[start]!);
  const kind = kindOf(topic);
  return (
    frames.denied.some(frame => frame.end === start && frame.start < start && inSentence(frame)) ||
    frames.fiction.some(frame => inSentence(frame) && !overlap(frame, { start, end })) ||
    (!isFirst && frames.told.some(before)) ||
    (!TIMELESS.has(topic) && frames.past.some(inSentence)) ||
    (kind !== 'self-harm' && !(kind === 'poisoning' && isFirst) && frames.asked.some(before))
  );
}
