import { clauseEnd } from './clauses.ts';
import { PlainText } from './markup.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** The segmenter breaks after these, and what space is behind them; a speaker does not. */
const ABBREVIATION =
  /(?<![\p{L}\p{N}'’])(?:dr|mr|mrs|ms|prof|sr|jr|st|vs|e\.g|i\.e|approx|fig|figs|dept|est|gen|col|lt|sgt|capt|rev|hon|gov|sen|rep|mt|vol|pp|ca|cf|incl|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$/iu;
/** A sentence may end with them all the same: a capital behind them tells. */
const MAY_BE_LAST = /(?<![\p{L}\p{N}'’])(?:etc|inc|ltd|co|corp|al|bros|ave|blvd|a\.m|p\.m)\.$/iu;
const INITIAL = /(?<![\p{L}\p{N}'’])\p{Lu}\.$/u;
/** What begins sentences, and is nobody's name. */
const BEGINS =
  /^\s*(?:It|This|That|These|Those|The|We|You|He|She|They|And|But|So|Then|There|Here|What|When|Where|How|Why|Who|My|Your|If|In|On|At|Is|Are|Do|No|Yes|I)(?=[\s,'’])/;
/** "No. 5", but not "No. I did not". */
const NUMBERED = /\bno\.$/i;
/** Either of these, and what tells that it is no end of a longer word, is no longer; characters. */
const ENDING = 12;
/** What may follow a full stop without telling whether a sentence ended there. */
const UNDECIDED = /^[^\p{L}.?!…。！？\n]*$/u;
/** What sentences end with (UAX 29): where there is none of it, there is one sentence. */
const MAY_END = /[\p{Sentence_Terminal}.\n\r\u0085\u2024\u2028\u2029\ufe52\uff0e]/u;
/** An address, and what of it the segmenter would break after. */
const ADDRESS = /(?:https?:\/\/|www\.|(?<![\w.-])[\w.-]{1,100}\.[a-z]{2,10}\/)\S+/g;
const STOPS_WITHIN = /[.?!](?=[^\s.,;:!?)"'])/g;
/** A stop that is none: `.NET`, `3.11`, `Node.js`. */
const JOINING_STOP = /\.(?=[\p{L}\p{N}])/gu;
/** Within brackets and quotes nothing ends, unless they go on for longer than this; characters. */
const LONGEST_ASIDE = 160;
const LONGEST_QUOTE = 60;
/** A sentence without an end that is longer than this is cut; characters. */
const LONGEST = 1000;
/** What stands behind the last white space, and the beginning of an address in it. */
const LAST_RUN = /(?<!\S)\S+$/;
const OPEN_ADDRESS = /https?(?:$|:(?:$|\/(?:$|\/)))/;
/** Ends like a sentence. */
const WHOLE = /[.?!…。！？]["'”’)]*\s*$/u;
/** The first piece of an answer this long may be spoken up to a comma, so that the answer begins sooner. */
const EARLY_LENGTH = 60;
const EARLY_COMMA = 20;

/** The text, cut where sentences end, or become too long; the last one may be open. */
export function sentenceSegments(text: string): string[] {
  if (!MAY_END.test(text)) return shortened(text);
  // Where the pieces begin: what is put together from many is not copied with each of them.
  const starts: number[] = [];
  for (const { segment, index } of segmenter.segment(masked(text))) {
    const start = starts.at(-1) ?? 0;
    const last = text.slice(Math.max(start, index - LONGEST), index);
    const isOpen =
      endsOpen(last.trimEnd().slice(-ENDING), text.slice(index, index + segment.length)) ||
      isAside(last) ||
      isQuote(last);
    if (starts.length === 0 || !isOpen || index - start > LONGEST) starts.push(index);
  }
  const merged = starts.map((start, i) => text.slice(start, starts[i + 1]));
  return merged.flatMap(shortened);
}

/** The same length, without stops that end nothing. */
const masked = (text: string) =>
  text.replace(ADDRESS, run => run.replace(STOPS_WITHIN, 'x')).replace(JOINING_STOP, 'x');

/** The segmenter broke here; a speaker goes on. */
const endsOpen = (ending: string, next: string) =>
  ABBREVIATION.test(ending) ||
  (NUMBERED.test(ending) && /^\d/.test(next)) ||
  (MAY_BE_LAST.test(ending) && !/^["'“‘(]?\p{Lu}/u.test(next)) ||
  (/[!?][)\]]$/.test(ending) && /^\p{Ll}/u.test(next)) ||
  (INITIAL.test(ending) && !BEGINS.test(next));

/** A bracket is open that was opened not long ago, on the same line. */
function isAside(sentence: string): boolean {
  const near = sentence.slice(-LONGEST_ASIDE);
  const open = near.lastIndexOf('(');
  return (
    open >= 0 &&
    near.indexOf(')', open) < 0 &&
    !near.includes('\n', open) &&
    /\p{L}/u.test(near.slice(open + 1, open + 3))
  );
}

/** A quote is open: there is an odd number of marks that are no inches. */
function isQuote(sentence: string): boolean {
  if (sentence.length > LONGEST_QUOTE) return false;
  return (sentence.match(/(?<!\d)"/g) ?? []).length % 2 === 1 || sentence.lastIndexOf('“') > sentence.lastIndexOf('”');
}

/** Pieces of at most {@link LONGEST} characters, cut at white space where there is some. */
function shortened(sentence: string): string[] {
  const cut: string[] = [];
  let at = 0;
  while (sentence.length - at > LONGEST) {
    const space = sentence.lastIndexOf(' ', at + LONGEST - 1);
    const end = space > at ? space + 1 : at + LONGEST;
    cut.push(sentence.slice(at, end));
    at = end;
  }
  if (at < sentence.length) cut.push(sentence.slice(at));
  return cut;
}

/** Cuts a stream of text into sentences as people see them, without markup; the last piece waits for `flush`. */
export class SentenceSplitter {
  readonly #plain = new PlainText();
  #rest = '';
  #first = true;

  /** Something waits that could be said. */
  get isOpen(): boolean {
    return this.#rest.trim() !== '';
  }

  /** Adds text; returns the sentences that are certainly complete. */
  push(text: string): string[] {
    this.#rest += this.#plain.push(text);
    return this.#complete();
  }

  /** No more text came for a while: what is left, if it reads like a whole sentence. */
  settled(): string[] {
    return WHOLE.test(this.#rest) && unfinishedAt(this.#rest) === this.#rest.length ? this.#all() : [];
  }

  /**
   * Nobody waits for the end of the sentence any longer: what of it may be said before the rest.
   * @param force anywhere between words, where there is no better place
   */
  clause(force: boolean): string[] {
    this.#rest += this.#plain.release();
    const sentences = this.#complete();
    if (sentences.length > 0) return sentences;
    const certain = this.#rest.slice(0, unfinishedAt(this.#rest));
    const end = clauseEnd(certain, force);
    if (end === undefined) return [];
    this.#rest = this.#rest.slice(end);
    this.#first = false;
    return [trimmed(certain.slice(0, end))].filter(Boolean);
  }

  /** The end of the text: what is left. */
  flush(): string[] {
    this.#rest += this.#plain.end();
    return [...this.#complete(), ...this.#all()];
  }

  #all(): string[] {
    const rest = trimmed(this.#rest);
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }

  #complete(): string[] {
    const certain = this.#rest.slice(0, unfinishedAt(this.#rest));
    const merged = sentenceSegments(certain);
    let open = merged.pop() ?? '';
    if (UNDECIDED.test(open) && open.length < LONGEST) open = (merged.pop() ?? '') + open;
    this.#rest = open + this.#rest.slice(certain.length);
    if (this.#first) this.#early(merged, certain.length);
    const sentences = merged.map(trimmed).filter(Boolean);
    if (sentences.length > 0) this.#first = false;
    return sentences;
  }

  /** Cuts a long first piece at a comma, whether it is complete or not. */
  #early(sentences: string[], certain: number): void {
    const [first = this.#rest.slice(0, certain)] = sentences;
    const comma = first.indexOf(', ', EARLY_COMMA);
    if (first.length < EARLY_LENGTH || comma < 0) return;
    const pieces = [first.slice(0, comma + 1), first.slice(comma + 2)] as const;
    if (sentences.length > 0) sentences.splice(0, 1, ...pieces);
    else {
      sentences.push(pieces[0]);
      this.#rest = this.#rest.slice(comma + 2);
    }
  }
}

/** Where an address begins that goes on behind what is there so far: nothing of it can be cut yet. Else, the end. */
function unfinishedAt(text: string): number {
  const run = LAST_RUN.exec(text);
  const address = run === null ? -1 : run[0].search(OPEN_ADDRESS);
  const at = address < 0 ? text.length : run!.index + address;
  return text.length - at > LONGEST ? text.length : at;
}

/** Blanks as they are within a sentence. */
const trimmed = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,!?;:](?:\s|$))/g, '')
    .trim();

/** A whole text as people see it: without markup. */
export function plainText(text: string): string {
  const plain = new PlainText();
  return trimmed(plain.push(text) + plain.end());
}
