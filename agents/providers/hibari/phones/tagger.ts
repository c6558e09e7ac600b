import type { Table } from './table.ts';

/** Features that are asked for again and again are read once. */
const REMEMBERED = 4000;

const START = ['-START2-', '-START-'] as const;
const END = ['-END-', '-END2-'] as const;

/**
 * Word classes (Penn Treebank's) of a sentence: an averaged perceptron over the word, its ending and its form, the two
 * words on either side and the two classes before. Words with one class only are looked up.
 */
export class Tagger {
  readonly #known: Table;
  readonly #frequent: Table;
  readonly #weights: Table;
  readonly #read = new Map<string, Record<string, number> | undefined>();

  /** @param tables classes of words that have one only; words with weights of their own; weights by feature */
  constructor(tables: { known: Table; frequent: Table; weights: Table }) {
    this.#known = tables.known;
    this.#frequent = tables.frequent;
    this.#weights = tables.weights;
  }

  tag(words: readonly string[]): string[] {
    const around = [...START, ...words.map(word => this.#general(word)), ...END];
    const tags: string[] = [...START];
    for (const [i, word] of words.entries())
      tags.push(this.#known.get(word) ?? this.#best(features(word, i, around, tags.at(-1)!, tags.at(-2)!)));
    return tags.slice(START.length);
  }

  /** A rare word is as good as any other of its form. */
  #general(word: string): string {
    const plain = plainOf(word);
    return this.#frequent.has(plain) ? plain : `<${formOf(word)}>`;
  }

  #best(names: readonly string[]): string {
    const scores = new Map<string, number>();
    for (const name of names)
      for (const [tag, weight] of Object.entries(this.#of(name) ?? {}))
        scores.set(tag, (scores.get(tag) ?? 0) + weight);
    let best = { tag: 'NN', score: Number.NEGATIVE_INFINITY };
    for (const [tag, score] of scores)
      if (score > best.score || (score === best.score && tag > best.tag)) best = { tag, score };
    return best.tag;
  }

  #of(feature: string): Record<string, number> | undefined {
    if (this.#read.has(feature)) return this.#read.get(feature);
    const text = this.#weights.get(feature);
    const weights = text === undefined ? undefined : (JSON.parse(text) as Record<string, number>);
    if (this.#read.size >= REMEMBERED) this.#read.delete(this.#read.keys().next().value!);
    this.#read.set(feature, weights);
    return weights;
  }
}

function features(word: string, i: number, around: readonly string[], last: string, before: string): string[] {
  const at = i + START.length;
  const end = (text: string) => text.slice(-3);
  return [
    'b',
    `s3=${end(word)}`,
    `p1=${word[0]}`,
    `w=${around[at]}`,
    `sh=${formOf(word)}`,
    i === 0 ? 'i0' : 'i+',
    `t-1=${last}`,
    `t-2=${before}`,
    `t-12=${last},${before}`,
    `w-1=${around[at - 1]}`,
    `s3-1=${end(around[at - 1]!)}`,
    `w-2=${around[at - 2]}`,
    `w+1=${around[at + 1]}`,
    `s3+1=${end(around[at + 1]!)}`,
    `w+2=${around[at + 2]}`,
  ];
}

function plainOf(word: string): string {
  if (word.includes('-') && !word.startsWith('-')) return '!HYPHEN';
  if (/^\d{4}$/.test(word)) return '!YEAR';
  return /^\d/.test(word) ? '!DIGITS' : word.toLowerCase();
}

/** What a word looks like: `x` in small letters, `Xx` with a capital, `d` in digits. */
function formOf(word: string): string {
  if (/^\d+$/.test(word)) return 'd';
  if (!/^\p{L}+$/u.test(word))
    return [...word.slice(0, 4)].map(c => (/\d/.test(c) ? 'd' : /\p{L}/u.test(c) ? 'x' : c)).join('');
  const lower = (text: string) => text === text.toLowerCase() && text !== text.toUpperCase();
  const upper = (text: string) => text === text.toUpperCase() && text !== text.toLowerCase();
  if (lower(word)) return 'x';
  if (upper(word)) return word.length > 1 ? 'XX' : 'X1';
  return upper(word[0]!) && lower(word.slice(1)) ? 'Xx' : 'xX';
}
