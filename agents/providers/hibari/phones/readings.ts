import { PRIMARY, SECONDARY, type Stress, stressed } from './stress.ts';
import type { Table } from './table.ts';

/** What of the words behind it a word's reading depends on. */
export interface Following {
  /** Whether the next sound is a vowel; undefined where a pause comes first. */
  vowel: boolean | undefined;
  /** The next word is "to". */
  to: boolean;
}

/** By word class; `None` before a pause. */
type Reading = string | Readonly<Record<string, string | null>>;

const SYMBOLS: Readonly<Record<string, string>> = { '%': 'percent', '&': 'and', '+': 'plus', '@': 'at' };
const LETTERS = /^\p{L}+$/u;
const PLAIN_LETTERS = /^[A-Za-z]+$/;

const isUpper = (word: string) => word === word.toUpperCase();
const isLower = (word: string) => word === word.toLowerCase();
const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();

/** The class that several are kinds of. */
function parent(tag: string | undefined): string | undefined {
  if (tag?.startsWith('VB')) return 'VERB';
  if (tag?.startsWith('NN')) return 'NOUN';
  if (tag?.startsWith('RB')) return 'ADV';
  return tag?.startsWith('JJ') ? 'ADJ' : tag;
}

/** Word lists: a word is known with a capital, too, where that is no word of its own. */
export class WordList {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  get(word: string): Reading | undefined {
    const other = word.length < 2 ? word : isLower(word) ? capitalized(word) : word.toLowerCase();
    const text =
      this.#table.get(word) ??
      (other !== word && word === capitalizedOrLower(word) ? this.#table.get(other) : undefined);
    if (text === undefined) return undefined;
    return text.startsWith('{') ? (JSON.parse(text) as Record<string, string | null>) : text;
  }

  has(word: string): boolean {
    return this.get(word) !== undefined;
  }
}

const capitalizedOrLower = (word: string) => (isLower(word) ? word : capitalized(word));

/**
 * How words are read, by the rules of misaki's English word lists: function words by what follows, homographs by their
 * class, plurals, pasts and progressives by their stems, capitals letter by letter.
 */
export class Readings {
  readonly #gold: WordList;
  readonly #silver: WordList;

  constructor(gold: WordList, silver: WordList) {
    this.#gold = gold;
    this.#silver = silver;
  }

  /** Phones; undefined for a word that nobody knows. */
  read(word: string, tag: string, stress: Stress, following: Following): string | undefined {
    const special = this.#special(word, tag, stress, following);
    if (special !== undefined) return special;
    const known = this.#inUsualCase(word, tag, following);
    if (this.#isKnown(known)) return this.lookUp(known, tag, stress, following);
    if (known.endsWith("s'") && this.#isKnown(`${known.slice(0, -2)}'s`))
      return this.lookUp(`${known.slice(0, -2)}'s`, tag, stress, following);
    if (known.endsWith("'") && this.#isKnown(known.slice(0, -1)))
      return this.lookUp(known.slice(0, -1), tag, stress, following);
    return this.#inflected(known, tag, stress, following);
  }

  /** A word that is in the lists, or is spelled. */
  lookUp(word: string, tag?: string, stress?: Stress, following?: Following): string | undefined {
    const allCaps = isUpper(word) && !this.#gold.has(word);
    const form = allCaps ? word.toLowerCase() : word;
    const name = allCaps && tag === 'NNP';
    const reading = this.#gold.get(form) ?? (name ? undefined : this.#silver.get(form));
    const phones = typeof reading === 'object' ? chosen(reading, tag, following) : reading;
    if (phones === undefined || (name && !phones.includes(PRIMARY))) {
      const letters = this.#letters(form);
      if (letters !== undefined) return letters;
    }
    return phones === undefined ? undefined : stressed(phones, stress);
  }

  #special(word: string, tag: string, stress: Stress, { vowel, to }: Following): string | undefined {
    const symbol = SYMBOLS[word];
    if (symbol !== undefined) return this.lookUp(symbol);
    if (isAbbreviation(word)) return this.#letters(word);
    const lower = word.toLowerCase();
    const shouted = word.length > 1 && isUpper(word);
    const noun = tag.startsWith('NN');
    switch (lower) {
      case 'a':
        return tag === 'DT' ? 'ɐ' : 'ˈA';
      case 'am':
        if (noun) return this.#letters(word);
        return vowel === undefined || word !== 'am' || (stress ?? 0) > 0 ? this.lookUp('am') : 'ɐm';
      case 'an':
        return shouted && noun ? this.#letters(word) : 'ɐn';
      case 'i':
        return word === 'I' && tag === 'PRP' ? `${SECONDARY}I` : undefined;
      case 'by':
        return parent(tag) === 'ADV' ? 'bˈI' : undefined;
      case 'to':
        if (shouted && tag !== 'TO' && tag !== 'IN') return undefined;
        return vowel === undefined ? this.lookUp('to') : vowel ? 'tʊ' : 'tə';
      case 'in':
        if (shouted && tag === 'NNP') return undefined;
        return `${vowel === undefined || tag !== 'IN' ? PRIMARY : ''}ɪn`;
      case 'the':
        if (shouted && tag !== 'DT') return undefined;
        return vowel === true ? 'ði' : 'ðə';
      case 'vs':
      case 'vs.':
        return tag === 'IN' ? this.lookUp('versus') : undefined;
      case 'used':
        return this.#used((tag === 'VBD' || tag === 'JJ') && to ? 'VBD' : 'DEFAULT');
      default:
        return undefined;
    }
  }

  #used(form: string): string | undefined {
    const reading = this.#gold.get('used');
    return typeof reading === 'object' ? (reading[form] ?? undefined) : reading;
  }

  /** Letters by their names, the last one stressed. */
  #letters(word: string): string | undefined {
    const names = [...word].filter(letter => LETTERS.test(letter)).map(letter => this.#gold.get(letter.toUpperCase()));
    if (!names.every(name => typeof name === 'string')) return undefined;
    const phones = stressed(names.join(''), 0);
    const last = phones.lastIndexOf(SECONDARY);
    return last < 0 ? phones : phones.slice(0, last) + PRIMARY + phones.slice(last + 1);
  }

  /** Capitals at the beginning of a sentence, or all of them, say nothing about a word that is known in small letters. */
  #inUsualCase(word: string, tag: string, following: Following): string {
    const lower = word.toLowerCase();
    const usual =
      word.length > 1 &&
      word !== lower &&
      LETTERS.test(word.replaceAll("'", '')) &&
      (tag !== 'NNP' || word.length > 7) &&
      !this.#inLists(word) &&
      (isUpper(word) || isLower(word.slice(1))) &&
      (this.#inLists(lower) || this.#inflected(lower, tag, undefined, following) !== undefined);
    return usual ? lower : word;
  }

  #inLists(word: string): boolean {
    return this.#gold.has(word) || this.#silver.has(word);
  }

  #isKnown(word: string): boolean {
    if (this.#inLists(word) || word in SYMBOLS) return true;
    if (!PLAIN_LETTERS.test(word)) return false;
    if (word.length === 1 || (isUpper(word) && this.#gold.has(word.toLowerCase()))) return true;
    return isUpper(word.slice(1));
  }

  #inflected(word: string, tag: string, stress: Stress, following: Following): string | undefined {
    const read = (stem: string, strength: Stress) => this.lookUp(stem, tag, strength, following);
    const plural = this.#stem(pluralStems(word));
    if (plural !== undefined) return withS(read(plural, stress));
    const past = this.#stem(pastStems(word));
    if (past !== undefined) return withEd(read(past, stress));
    const progressive = this.#stem(progressiveStems(word));
    return progressive === undefined ? undefined : withIng(read(progressive, stress ?? 0.5));
  }

  #stem(stems: readonly string[]): string | undefined {
    return stems.find(stem => this.#isKnown(stem));
  }
}

function chosen(
  reading: Readonly<Record<string, string | null>>,
  tag: string | undefined,
  following: Following | undefined,
): string | undefined {
  const pause = following !== undefined && following.vowel === undefined && 'None' in reading;
  const form = pause ? 'None' : tag !== undefined && tag in reading ? tag : (parent(tag) ?? '');
  return (form in reading ? reading[form] : reading.DEFAULT) ?? undefined;
}

/** `U.S.`, `e.g.`: dots between one or two letters each. */
const isAbbreviation = (word: string) => {
  const parts = word.split('.');
  const inner = word.replace(/^\.+/, '').replace(/\.$/, '');
  return inner.includes('.') && LETTERS.test(word.replaceAll('.', '')) && parts.every(part => part.length < 3);
};

function pluralStems(word: string): string[] {
  if (word.length < 3 || !word.endsWith('s')) return [];
  return [
    ...(word.endsWith('ss') ? [] : [word.slice(0, -1)]),
    ...(word.endsWith("'s") || (word.length > 4 && word.endsWith('es') && !word.endsWith('ies'))
      ? [word.slice(0, -2)]
      : []),
    ...(word.length > 4 && word.endsWith('ies') ? [`${word.slice(0, -3)}y`] : []),
  ];
}

function pastStems(word: string): string[] {
  if (word.length < 4 || !word.endsWith('d')) return [];
  return [
    ...(word.endsWith('dd') ? [] : [word.slice(0, -1)]),
    ...(word.length > 4 && word.endsWith('ed') && !word.endsWith('eed') ? [word.slice(0, -2)] : []),
  ];
}

function progressiveStems(word: string): string[] {
  if (word.length < 5 || !word.endsWith('ing')) return [];
  const stem = word.slice(0, -3);
  const doubled = /([bcdgklmnprstvxz])\1$|ck$/.test(stem);
  return [...(word.length > 5 ? [stem] : []), `${stem}e`, ...(word.length > 5 && doubled ? [stem.slice(0, -1)] : [])];
}

/** Vowels after which a t before a vowel is a flap. */
const FLAPS: ReadonlySet<string> = new Set('AIOWYiuæɑəɛɪɹʊʌ');

export function withS(stem: string | undefined): string | undefined {
  if (!stem) return undefined;
  const last = stem.at(-1)!;
  if ('ptkfθ'.includes(last)) return `${stem}s`;
  return 'szʃʒʧʤ'.includes(last) ? `${stem}ᵻz` : `${stem}z`;
}

export function withEd(stem: string | undefined): string | undefined {
  if (!stem) return undefined;
  const last = stem.at(-1)!;
  if ('pkfθʃsʧ'.includes(last)) return `${stem}t`;
  if (last === 'd') return `${stem}ᵻd`;
  if (last !== 't') return `${stem}d`;
  if (stem.length < 2) return `${stem}ɪd`;
  return FLAPS.has(stem.at(-2)!) ? `${stem.slice(0, -1)}ɾᵻd` : `${stem}ᵻd`;
}

export function withIng(stem: string | undefined): string | undefined {
  if (!stem) return undefined;
  return stem.length > 1 && stem.endsWith('t') && FLAPS.has(stem.at(-2)!) ? `${stem.slice(0, -1)}ɾɪŋ` : `${stem}ɪŋ`;
}
