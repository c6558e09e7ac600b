import fs from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DANGERS, type DangerKind, kindOf, type Topic } from '../../protocol/dangers.ts';
import { type CountryNumbers, NUMBERS, type NumberName } from '../../settings/emergency.ts';
import type { Step } from './care.ts';
import { INTENTS, type Intent, languagesIn } from './hearing.ts';

const lines = z.array(z.string().min(1)).min(1);
const AnswerFile = z.strictObject({
  topics: z
    .record(z.string(), z.strictObject({ first: z.string(), other: z.string().optional(), next: lines.optional() }))
    .refine(topics => DANGERS.every(kind => kind in topics), 'a kind of danger has no answer'),
  replies: z.partialRecord(z.enum([...INTENTS, 'urge', 'stay']), z.partialRecord(z.enum(['all', ...DANGERS]), lines)),
  /** Questions behind which a yes means that it is over. */
  checks: lines,
  numbers: z.record(z.string(), z.string()),
});
type AnswerFile = z.infer<typeof AnswerFile>;

/** One after the other, as often as needed. */
const URGE_AFTER = [1, 4];

/** What is said to somebody in danger, with the numbers of their country. */
export class Answers {
  readonly #files: ReadonlyMap<string, AnswerFile>;
  readonly #begun = new Map<string, { topic: Topic; language: string }>();

  /** Reads `answers/`. Throws where a file is wrong. */
  constructor(numbers: Partial<CountryNumbers>, folder = new URL('answers/', import.meta.url)) {
    this.#files = new Map(
      languagesIn(folder).map(language => {
        const file = AnswerFile.parse(parse(fs.readFileSync(new URL(`${language}.yaml`, folder), 'utf8')));
        return [language, filled(file, numbers)];
      }),
    );
    for (const [language, { topics }] of this.#files)
      for (const [topic, { first, other }] of Object.entries(topics))
        for (const line of [first, other])
          if (line !== undefined && !this.#begun.has(plain(line)))
            this.#begun.set(plain(line), { topic: topic as Topic, language });
  }

  /** The language in which somebody is answered: theirs, where it is known and can be read aloud. */
  languageFor(spoken: string, personas = 'en'): string {
    const isRead = !OTHER_SCRIPTS.has(spoken) || personas.startsWith(spoken);
    return isRead && this.#files.has(spoken) ? spoken : 'en';
  }

  /** Of which topic this is the beginning of the answer, if of any. */
  begunWith(text: string): { topic: Topic; language: string } | undefined {
    const said = plain(text);
    for (const [line, begun] of this.#begun) if (said.includes(line)) return begun;
    return undefined;
  }

  /** Whether it asks if all is well: a yes to it ends the care. */
  asksIfSafe(text: string): boolean {
    const said = plain(text);
    return [...this.#files.values()].some(({ checks }) => checks.some(check => said.endsWith(plain(check))));
  }

  /** The first answer to a danger. */
  first(topic: Topic, other: boolean, language: string): string {
    const { first, other: others = first } = this.#topic(topic, language);
    return other ? others : first;
  }

  /**
   * What is said now, other than what was said last.
   * @param name of whom it is said to
   */
  answer({ care, begins, intent, over }: Step, language: string, name = ''): string {
    if (begins) return this.first(care.topic, care.other, language);
    const kind = kindOf(care.topic);
    const reply = (which: Intent | 'urge' | 'stay') => this.#replies(which, kind, language);
    const closing = over && intent !== undefined ? reply(intent)[0] : undefined;
    if (closing !== undefined) return closing;
    if (intent === 'back') return reply('back')[0]!.replaceAll('{name}', name);
    const { next = [] } = this.#topic(care.topic, language);
    const urges = care.called || kind === 'self-harm' || kind === 'violence' ? [] : reply('urge');
    const steps = [...next];
    for (const [i, urge] of urges.entries()) steps.splice(URGE_AFTER[i] ?? steps.length, 0, urge);
    const answers = intent === undefined ? [] : reply(intent);
    const candidates = [...answers, ...(intent === 'worse' && !care.called ? urges : []), ...steps];
    const stays = reply('stay');
    return candidates.find(line => !isSaid(line, care.said)) ?? leastSaid(stays, care.said);
  }

  #topic(topic: Topic, language: string) {
    const { topics } = this.#files.get(language)!;
    return topics[topic] ?? topics[kindOf(topic)]!;
  }

  #replies(which: Intent | 'urge' | 'stay', kind: DangerKind, language: string): readonly string[] {
    const replies: Partial<Record<DangerKind | 'all', string[]>> = this.#files.get(language)!.replies[which] ?? {};
    return replies[kind] ?? replies.all ?? [];
  }
}

/** Languages that a voice for Latin letters cannot read. */
const OTHER_SCRIPTS = new Set(['ru', 'uk']);

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const isSaid = (line: string, said: readonly string[]) => said.some(each => plain(each).includes(plain(line)));

/** The one that was said longest ago, or never. */
function leastSaid(stays: readonly string[], said: readonly string[]): string {
  const lastSaid = (line: string) => said.findLastIndex(each => plain(each).includes(plain(line)));
  return stays.toSorted((a, b) => lastSaid(a) - lastSaid(b))[0]!;
}

/** With the numbers of a country in their places. */
function filled(file: AnswerFile, numbers: Partial<CountryNumbers>): AnswerFile {
  const told = new Map(
    NUMBERS.map((name: NumberName) => {
      const number = numbers[name];
      const named = file.numbers[`${name}At`];
      const without = name === 'emergency' ? file.numbers.local! : file.numbers[name]!;
      return [name as string, number === undefined ? without : (named ?? '{number}').replaceAll('{number}', number)];
    }),
  );
  const fill = (value: unknown): unknown =>
    typeof value === 'string'
      ? value.replace(/\{(\w+)\}/g, (whole, name: string) => told.get(name) ?? whole)
      : Array.isArray(value)
        ? value.map(fill)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]))
          : value;
  return {
    ...file,
    topics: fill(file.topics) as AnswerFile['topics'],
    replies: fill(file.replies) as AnswerFile['replies'],
  };
}
