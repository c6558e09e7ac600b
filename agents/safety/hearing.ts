import fs from 'node:fs';
import type { Topic } from '../../protocol/dangers.ts';
import { type Danger, Recogniser } from './recogniser.ts';
import { STOP, wordsOf } from './words.ts';

/** What somebody says about the danger that they are in; `back`: nothing yet, they are here again. */
export const INTENTS = [
  'arrived',
  'joke',
  'fine',
  'youCall',
  'number',
  'called',
  'refuses',
  'cannot',
  'alone',
  'company',
  'worse',
  'fear',
  'yes',
  'no',
  'back',
] as const;
export type Intent = (typeof INTENTS)[number];

/** What was found in what somebody said. */
export interface Finding {
  topic: Topic;
  language: string;
  /** They speak of somebody else. */
  other: boolean;
}

/** A sentence may be broken in two by a pause: so many words at most are joined to the next. */
const BROKEN_WORDS = 8;
/** Words that no other of the languages has; where one word in so many is one of them, the sentence is English. */
const ENGLISH = new Set(
  'the my are and you she they not does did have what that this with were would your his how when from there just because about want know going got feel who where him them their our up out at been of it on could should some someone somebody nobody really myself'.split(
    ' ',
  ),
);
const WORDS_PER_ENGLISH = 6;
const MOST_KEPT = 500;

/** Hears danger in every language that there are patterns for. */
export class Hearing {
  readonly #recognisers: readonly Recogniser[];
  /** Conversations are gone through anew with every turn: what was found in a line is found again at once. */
  readonly #kept = new Map<string, Finding | undefined>();

  constructor(languages: readonly string[] = languagesIn(new URL('languages/', import.meta.url))) {
    this.#recognisers = languages.map(language => new Recogniser(language));
  }

  /**
   * The gravest danger that is spoken of.
   * @param before what the same person said just before: a sentence may have been broken in two
   */
  find(text: string, before?: string): Finding | undefined {
    const key = `${before ?? ''}\n${text}`;
    if (this.#kept.has(key)) return this.#kept.get(key);
    const found = this.#find(wordsOf(text)) ?? (before === undefined ? undefined : this.#joined(before, text));
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(key, found);
    return found;
  }

  /** What they say about it: the first that fits. */
  intent(text: string, language: string): Intent | undefined {
    const words = wordsOf(text);
    const known = this.#recognisers.filter(each => each.language === language || each.language === 'en');
    return INTENTS.find(intent => known.some(each => each.means(intent, words)));
  }

  #find(words: readonly string[]): Finding | undefined {
    const [danger] = this.#of(words).flatMap(each => each.find(words).slice(0, 1));
    return danger && findingOf(danger);
  }

  /** Words that several languages have ("stroke", "overdose") mean in an English sentence what they mean in English. */
  #of(words: readonly string[]): readonly Recogniser[] {
    return isEnglish(words) ? this.#recognisers.slice(0, 1) : this.#recognisers;
  }

  /** Only what begins in the one and ends in the other is news. */
  #joined(before: string, text: string): Finding | undefined {
    const first = wordsOf(before).filter(word => word !== STOP);
    if (first.length === 0 || first.length > BROKEN_WORDS) return undefined;
    const words = [...first, ...wordsOf(text)];
    const dangers = this.#of(words).flatMap(each => each.find(words));
    const danger = dangers.find(({ start, end }) => start < first.length && end > first.length);
    return danger && findingOf(danger);
  }
}

/** Whether these are the words of an English sentence. */
export const isEnglish = (words: readonly string[]): boolean =>
  words.filter(word => ENGLISH.has(word)).length * WORDS_PER_ENGLISH >= words.length;

const findingOf = ({ topic, language, other }: Danger): Finding => ({ topic, language, other });

/** The languages that a folder has a file for, English first. */
export const languagesIn = (folder: URL): string[] =>
  fs
    .readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .map(name => name.slice(0, -'.yaml'.length))
    .sort((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b));
