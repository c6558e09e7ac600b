import { isCurrency, readNumber } from './number-reading.ts';
import type { Following, Readings } from './readings.ts';
import { CONSONANTS, PRIMARY, type Stress, stressed, VOWELS, weightOf } from './stress.ts';
import type { Tagger } from './tagger.ts';
import { type Exceptions, tokens } from './tokenizer.ts';

/** Phones of a part of a sentence, in the alphabet of Kokoro and misaki; a mark of punctuation is a phone, too. */
export interface Sounded {
  phones: string;
  /** Which of the written words (what stands between spaces) it belongs to. */
  word: number;
  /** A space follows. */
  space: boolean;
}

export interface PhonemizerParts {
  exceptions: Exceptions;
  tagger: Tagger;
  readings: Readings;
}

/** A word or a piece of one, on its way. */
interface Token {
  text: string;
  tag: string;
  word: number;
  space: boolean;
  /** Nothing is before it in its word. */
  first: boolean;
  phones?: string;
  currency?: string;
  /** Is said apart from what is before it in its word. */
  apart?: boolean;
}

const PUNCTUATION: ReadonlySet<string> = new Set(';:,.!?—…"“”');
const PAUSES: ReadonlySet<string> = new Set(';:,.!?—…');
const PUNCTUATION_TAGS: ReadonlySet<string> = new Set([
  '.',
  ',',
  '-LRB-',
  '-RRB-',
  '``',
  '""',
  "''",
  ':',
  '$',
  '#',
  'NFP',
]);
const MARKS: Readonly<Record<string, string>> = { '-LRB-': '(', '-RRB-': ')', '``': '“', '""': '”', "''": '”' };
/** What inside of a word is not said. */
const SILENT: ReadonlySet<string> = new Set("',-._‘’/");
const SPOKEN_SYMBOLS: Readonly<Record<string, string>> = {
  '/': 'slˈæʃ',
  '=': 'ˈikwᵊlz',
  '+': 'plˈʌs',
  '&': 'ænd',
  '@': 'æt',
  '%': 'pəɹsˈɛnt',
  '#': 'hˈæʃ',
  '*': 'ˈæstəɹˌɪsk',
  '~': 'tˈɪldə',
  '^': 'kˈɛɹət',
  '<': 'lˈɛs ðən',
  '>': 'ɡɹˈATəɹ ðən',
};
/** Pieces of a word: digits, marks, letters up to where the case changes. */
const PIECES =
  /^['‘’]+|\p{Lu}(?=\p{Lu}\p{Ll})|(?:^-)?[,.]?\d(?:[,.]?\d)*|[-_]+|['‘’]{2,}|\p{L}*?(?:['‘’]\p{L})*?\p{Ll}(?=\p{Lu})|\p{L}+(?:['‘’]\p{L})*|[^\p{L}\p{N}_\-'‘’]|['‘’]+$/gu;
const UNKNOWN_PIECES = /\p{L}+(?:['’]\p{L}+)*|\d+(?:[,.]\d+)*|[^\p{L}\p{N}\s]+/gu;
const LETTER = /\p{L}/u;

const isSilent = (text: string) => [...text].every(c => SILENT.has(c));

/** From an English sentence to its phones. */
export class Phonemizer {
  readonly #parts: PhonemizerParts;

  constructor(parts: PhonemizerParts) {
    this.#parts = parts;
  }

  /**
   * @param spelled how words are read that no list has
   * @returns the sentence's parts in order, and the words that would have been needed from `spelled`
   */
  sounds(
    words: readonly string[],
    spelled: (word: string) => string | undefined,
  ): { sounded: Sounded[]; unread: Set<string> } {
    const unread = new Set<string>();
    const read = (word: string) => {
      const phones = spelled(word);
      if (phones === undefined) unread.add(word);
      return phones ?? '';
    };
    const groups = grouped(this.#tagged(words));
    let following: Following = { vowel: undefined, to: false };
    // What a word sounds like depends on the next one.
    for (const group of groups.toReversed()) following = this.#read(group, following, read);
    return { sounded: groups.map(joined), unread };
  }

  #tagged(words: readonly string[]): Token[] {
    const { exceptions, tagger } = this.#parts;
    const pieces = words.map(word => tokens(word.replaceAll('’', "'"), exceptions));
    const tags = tagger.tag(pieces.flat());
    let at = 0;
    return pieces.flatMap((texts, word) =>
      texts.map((text, i) => ({
        text,
        tag: tags[at++]!,
        word,
        space: i === texts.length - 1 && word < words.length - 1,
        first: true,
      })),
    );
  }

  /** Fills in the phones of what is said as one; tells what is before it what follows. */
  #read(group: Token[], following: Following, spelled: (word: string) => string): Following {
    if (group.length === 1) {
      const [token] = group as [Token];
      token.phones ??= this.#reading(token, following) ?? this.#unknown(token.text, spelled);
      return followedBy(token.phones, token, following);
    }
    let next = following;
    let from = 0;
    let to = group.length;
    // The longest ending that is known as a whole, then what is before it.
    while (from < to) {
      const part = group.slice(from, to);
      const whole = part.some(({ phones }) => phones !== undefined) ? undefined : merged(part);
      const phones = whole && this.#reading(whole, next);
      if (phones !== undefined) {
        for (const token of part) token.phones = '';
        part[0]!.phones = phones;
        next = followedBy(phones, whole!, next);
        to = from;
        from = 0;
      } else if (from + 1 < to) from += 1;
      else {
        to -= 1;
        const token = group[to]!;
        if (token.phones === undefined) {
          if (!isSilent(token.text)) return this.#readAsOne(group, next, spelled);
          token.phones = '';
        }
        from = 0;
      }
    }
    balance(group);
    return next;
  }

  #readAsOne(group: Token[], following: Following, spelled: (word: string) => string): Following {
    for (const token of group) token.phones = '';
    group[0]!.phones = this.#unknown(merged(group).text, spelled);
    return following;
  }

  #reading({ text, tag, currency, first }: Token, following: Following): string | undefined {
    const word = text.replace(/[‘’]/g, "'").normalize('NFKC');
    const stress: Stress = word === word.toLowerCase() ? undefined : word === word.toUpperCase() ? 2 : 0.5;
    const { readings } = this.#parts;
    return readings.read(word, tag, stress, following) ?? readNumber(word, { currency, first }, readings);
  }

  /** Letters are spelled, digits and signs are read one after the other: nothing that was written is silent. */
  #unknown(text: string, spelled: (word: string) => string): string {
    return [...text.matchAll(UNKNOWN_PIECES)]
      .map(([piece]) => {
        if (LETTER.test(piece)) return spelled(piece);
        if (/^\d/.test(piece))
          return readNumber(piece, { currency: undefined, first: false }, this.#parts.readings) ?? '';
        return [...piece].map(sign => SPOKEN_SYMBOLS[sign] ?? '').join('');
      })
      .filter(Boolean)
      .join(' ');
  }
}

/** Tokens in pieces, those together that are written without a mark between them. */
function grouped(all: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let currency: string | undefined;
  let open = false;
  for (const [i, token] of all.entries()) {
    const pieces: Token[] = [...token.text.matchAll(PIECES)].map(([text]) => ({ ...token, text, space: false }));
    if (pieces.length === 0) pieces.push({ ...token, phones: '' });
    pieces.at(-1)!.space = token.space;
    for (const [j, piece] of pieces.entries()) {
      const last = j === pieces.length - 1;
      if (piece.tag === '$' && isCurrency(piece.text)) {
        currency = piece.text;
        piece.phones = '';
      } else if (piece.phones === undefined) piece.phones = markOf(piece);
      if (piece.phones === undefined && currency !== undefined) {
        if (piece.tag !== 'CD') currency = undefined;
        else if (last && all[i + 1]?.tag !== 'CD') piece.currency = currency;
      }
      if (piece.phones !== undefined) {
        groups.push([piece]);
        open = false;
      } else if (open) {
        piece.first = false;
        groups.at(-1)!.push(piece);
        open = !piece.space;
      } else {
        groups.push([piece]);
        open = !piece.space;
      }
    }
  }
  return groups;
}

/** A mark as the model knows it; undefined for what is a word. */
function markOf({ text, tag }: Token): string | undefined {
  if (tag === ':' && (text === '-' || text === '–')) return '—';
  if (!PUNCTUATION_TAGS.has(tag) || /^[a-z]+$/i.test(text)) return undefined;
  return MARKS[tag] ?? [...text].filter(c => PUNCTUATION.has(c)).join('');
}

function followedBy(phones: string, { text, tag }: Token, before: Following): Following {
  const heard = [...phones].find(phone => VOWELS.has(phone) || CONSONANTS.has(phone) || PAUSES.has(phone));
  const vowel = heard === undefined ? before.vowel : PAUSES.has(heard) ? undefined : VOWELS.has(heard);
  return { vowel, to: text === 'to' || text === 'To' || (text === 'TO' && (tag === 'TO' || tag === 'IN')) };
}

/** Several pieces as one: of the class of that with most capitals. */
function merged(part: readonly Token[]): Token {
  const weight = ({ text }: Token) => [...text].reduce((sum, c) => sum + (c === c.toLowerCase() ? 1 : 2), 0);
  const main = part.reduce((best, token) => (weight(token) > weight(best) ? token : best));
  const { currency } = part.find(token => token.currency !== undefined) ?? {};
  return {
    ...part[0]!,
    text: part.map(({ text }) => text).join(''),
    tag: main.tag,
    space: part.at(-1)!.space,
    ...(currency !== undefined && { currency }),
  };
}

/** Says pieces of different kinds apart; of others, one keeps its stress and half of them lose some. */
function balance(group: Token[]): void {
  const kinds = new Set(
    [...group.map(({ text }) => text).join('')]
      .filter(c => !SILENT.has(c))
      .map(c => (LETTER.test(c) ? 'letter' : /\d/.test(c) ? 'digit' : 'sign')),
  );
  const apart = kinds.size > 1 || group.some(({ text }) => text.includes('/'));
  for (const [i, token] of group.entries()) token.apart = i > 0 && apart;
  if (apart) return;
  const spoken = group.filter(({ phones }) => phones);
  const soften = (token: Token) => {
    token.phones = stressed(token.phones!, -0.5);
  };
  if (spoken.length === 2 && spoken[0]!.text.length === 1) {
    soften(spoken[1]!);
    return;
  }
  const primary = (token: Token) => Number(token.phones!.includes(PRIMARY));
  const count = spoken.reduce((sum, token) => sum + primary(token), 0);
  if (spoken.length < 2 || count <= Math.floor((spoken.length + 1) / 2)) return;
  const byStress = spoken.toSorted((a, b) => primary(a) - primary(b) || weightOf(a.phones!) - weightOf(b.phones!));
  for (const token of byStress.slice(0, Math.floor(spoken.length / 2))) soften(token);
}

function joined(group: Token[]): Sounded {
  let phones = '';
  for (const token of group) {
    if (token.apart && phones !== '' && !phones.endsWith(' ') && token.phones) phones += ' ';
    phones += token.phones ?? '';
  }
  // Kokoro writes the flap as T, and has no glottal stop.
  phones = phones.replaceAll('ɾ', 'T').replaceAll('ʔ', 't');
  return { phones, word: group[0]!.word, space: group.at(-1)!.space };
}
