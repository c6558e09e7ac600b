import fs from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { sentenceSegments } from '../speak/sentences.ts';
import type { Conversation, Persona, ReplyPart } from '../think/ports.ts';
import { type Pattern, PatternReader } from './pattern.ts';
import { wordsOf } from './words.ts';

const phrases = z.array(z.string().min(1)).min(1);
const HonestyFile = z.record(
  z.string(),
  z.strictObject({
    fillers: phrases.default([]),
    negations: phrases.default(['not']),
    asks: phrases,
    says: phrases,
    claims: phrases.optional(),
    told: z.strictObject({ insert: z.string(), found: phrases }),
  }),
);

/** So many words from where a claim may begin tell whether it is one. */
const CLAIM_WORDS = 9;
/** Where a claim may begin. */
const BEGINNINGS =
  /(?<![\p{L}\p{N}'’])(?:i|i['’]m|we|as|like|any|every|there|yes|you|of|sure|ich|wir|je|nous|yo|soy|io|sono|sou|eu|ik|jag|jestem|ben)(?![\p{L}\p{N}])/giu;

interface Language {
  code: string;
  asks: readonly Pattern[];
  claims: readonly Pattern[];
  says: readonly string[];
  insert: string;
  found: readonly Pattern[];
}

/** It never denies being an AI, and says so of itself where it is asked to. */
export class Honesty {
  readonly #languages: readonly Language[];

  /** Reads `honesty.yaml`. Throws where it is wrong. */
  constructor(file = new URL('honesty.yaml', import.meta.url)) {
    const languages = HonestyFile.parse(parse(fs.readFileSync(file, 'utf8')));
    this.#languages = Object.entries(languages).map(([code, { asks, claims = [], says, told, ...words }]) => {
      const reader = new PatternReader({
        classes: {},
        fillers: new Set(words.fillers),
        negations: new Set(words.negations),
      });
      const read = (sources: readonly string[]) => sources.map(source => reader.read(source));
      return { code, asks: read(asks), claims: read(claims), says, insert: told.insert, found: read(told.found) };
    });
  }

  /** Whether somebody asks if they talk to a machine. */
  asks(text: string): boolean {
    return this.#asked(text) !== undefined;
  }

  /** What those who ask are told; undefined: nobody asks. */
  answer({ turn, history }: Conversation): string | undefined {
    const language = turn.map(({ text }) => this.#asked(text)).find(each => each !== undefined);
    if (language === undefined) return undefined;
    const told = history.filter(({ role }) => role === 'avatar').map(({ text }) => text);
    const lastSaid = (line: string) => told.findLastIndex(text => text.includes(line));
    return language.says.toSorted((a, b) => lastSaid(a) - lastSaid(b))[0];
  }

  /** Passes an answer on, except for what says that it comes from a human being: instead of that it says what is so. */
  async *checked(parts: AsyncIterable<ReplyPart>, { persona }: Conversation): AsyncGenerator<ReplyPart> {
    const language = this.#of(persona);
    /** The sentence that is being written, and how much of it was passed on. */
    let open = '';
    let passed = 0;
    let corrected = false;
    const closed = (sentence: string): ReplyPart[] => {
      const text = sentence.slice(passed);
      passed = 0;
      if (!this.claims(sentence)) return text === '' ? [] : [{ type: 'text', text }];
      if (corrected) return [];
      corrected = true;
      return [{ type: 'text', text: `${language.says[0]} ` }];
    };
    for await (const part of parts) {
      if (part.type !== 'text') {
        yield* closed(open);
        open = '';
        yield part;
        continue;
      }
      const cached = part.cached === true && { cached: true as const };
      const segments = sentenceSegments(open + part.text);
      open = segments.pop() ?? '';
      for (const sentence of segments) yield* closed(sentence).map(each => ({ ...each, ...cached }));
      const upTo = certain(open);
      if (upTo <= passed) continue;
      yield { type: 'text', text: open.slice(passed, upTo), ...cached };
      passed = upTo;
    }
    yield* closed(open);
  }

  /** Whether somebody who says this says that they are human. */
  claims(sentence: string): boolean {
    const words = wordsOf(sentence);
    return this.#languages.some(({ claims }) => finds(claims, words));
  }

  /** A greeting that says once that it comes from an AI. */
  greeting(greeting: string, persona: Persona): string {
    const { found, insert } = this.#of(persona);
    if (finds(found, wordsOf(greeting))) return greeting;
    // Before the question at its end, if it has one.
    const sentences = sentenceSegments(greeting).filter(sentence => sentence.trim() !== '');
    const at = sentences.findIndex((sentence, i) => i > 0 && sentence.trim().endsWith('?'));
    const all = sentences.map(sentence => sentence.trim());
    return all.toSpliced(at === -1 ? all.length : at, 0, insert).join(' ');
  }

  #asked(text: string): Language | undefined {
    const words = wordsOf(text);
    return this.#languages.find(({ asks }) => finds(asks, words));
  }

  #of({ language = 'en' }: Persona): Language {
    return this.#languages.find(({ code }) => language.split('-')[0] === code) ?? this.#languages[0]!;
  }
}

const finds = (patterns: readonly Pattern[], words: readonly string[]) =>
  patterns.some(({ endsOf }) => words.some((_, at) => endsOf(words, at).size > 0));

/** How much of a sentence that is being written can be no claim any more, characters. */
function certain(open: string): number {
  for (const { index } of open.matchAll(BEGINNINGS)) {
    const words = open.slice(index).split(/\s+/).length - 1;
    if (words < CLAIM_WORDS) return index;
  }
  // A word that is not whole may become anything.
  return open.length - open.split(/\s/).at(-1)!.length;
}
