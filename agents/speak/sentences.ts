const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** The segmenter breaks after these, and what space is behind them; a speaker does not. */
const ABBREVIATION =
  /(?<![\p{L}\p{N}'’])(?:dr|mr|mrs|ms|prof|sr|jr|st|vs|etc|e\.g|i\.e|approx|fig|inc|ltd|co|dept|est|[A-Z])\.$/iu;
/** "No. 5", but not "No. I did not". */
const NUMBERED = /\bno\.$/i;
/** Either of these, and what tells that it is no end of a longer word, is no longer; characters. */
const ENDING = 12;
/** What may follow a full stop without telling whether a sentence ended there. */
const UNDECIDED = /^[^\p{L}.?!…\n]*$/u;
/** What sentences end with (UAX 29): where there is none of it, there is one sentence. */
const MAY_END = /[\p{Sentence_Terminal}.\n\r\u0085\u2024\u2028\u2029\ufe52\uff0e]/u;
/** An address, up to what may be said behind one. */
const ADDRESS = /https?:\/\/\S*[^\s.,;:!?)"']/g;
/** A sentence without an end, or markup, that is longer than this is cut; characters. */
const LONGEST = 1000;
const FENCE = '```';
/** The beginning of a link, up to the end of the text; no bracket within another. */
const OPEN_LINK = /\[[^[\]\n]*(?:\]\([^)[\s]*|\])?$/;
/** What stands behind the last white space, and the beginning of an address in it. */
const LAST_RUN = /(?<!\S)\S+$/;
const OPEN_ADDRESS = /https?(?:$|:(?:$|\/(?:$|\/)))/;
/** Ends like a sentence. */
const WHOLE = /[.?!…]["'”’)]*\s*$/u;
/** The first piece of an answer this long may be spoken up to a comma, so that the answer begins sooner. */
const EARLY_LENGTH = 60;
const EARLY_COMMA = 20;

/** The text, cut where sentences end, or become too long; the last one may be open. */
export function sentenceSegments(text: string): string[] {
  if (!MAY_END.test(text)) return shortened(text);
  // Where the pieces begin: what is put together from many is not copied with each of them.
  const starts: number[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const last = text.slice(Math.max(starts.at(-1) ?? 0, index - LONGEST), index).trimEnd();
    if (!endsOpen(last.slice(-ENDING), segment) || index - starts.at(-1)! > LONGEST) starts.push(index);
  }
  const merged = starts.map((start, i) => text.slice(start, starts[i + 1]));
  return merged.flatMap(shortened);
}

/** The segmenter broke here; a speaker goes on. */
const endsOpen = (ending: string, next: string) =>
  ABBREVIATION.test(ending) || (NUMBERED.test(ending) && /^\d/.test(next));

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

/** Cuts a stream of text into sentences that can be spoken; the last piece waits for `flush`. */
export class SentenceSplitter {
  #rest = '';
  #first = true;

  /** Adds text; returns the sentences that are certainly complete. */
  push(text: string): string[] {
    const whole = withoutOpenCode(unmarked(this.#rest + text));
    const certain = whole.slice(0, unfinishedAt(whole));
    const merged = sentenceSegments(certain);
    let open = merged.pop() ?? '';
    if (UNDECIDED.test(open) && open.length < LONGEST) open = (merged.pop() ?? '') + open;
    this.#rest = open + whole.slice(certain.length);
    if (this.#first) this.#early(merged, certain.length);
    const sentences = merged.map(speakable).filter(Boolean);
    if (sentences.length > 0) this.#first = false;
    return sentences;
  }

  /** No more text came for a while: what is left, if it reads like a whole sentence. */
  settled(): string[] {
    return WHOLE.test(this.#rest) && unfinishedAt(this.#rest) === this.#rest.length ? this.flush() : [];
  }

  /** The end of the text: what is left. */
  flush(): string[] {
    const rest = speakable(this.#rest);
    this.#rest = '';
    return rest === '' ? [] : [rest];
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

/** Takes out what sentence ends could be found in by mistake. */
const unmarked = (text: string) =>
  text
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/\[([^[\]\n]*)\]\([^)[\s]*\)/g, '$1')
    // An address at the very end may go on.
    .replace(/(?<!\S)\S+(?=\s)/g, run => (run.includes('://') ? run.replace(ADDRESS, 'a link') : run));

/** Code that is not closed yet is not kept: nothing of it is spoken. */
function withoutOpenCode(text: string): string {
  const at = text.indexOf(FENCE);
  if (at < 0) return text;
  const end = text.endsWith('``') ? 2 : text.endsWith('`') ? 1 : 0;
  return text.slice(0, at) + FENCE + text.slice(Math.max(at + FENCE.length, text.length - end));
}

/** Where markup begins that goes on behind what is there so far: nothing of it can be cut yet. Else, the end. */
function unfinishedAt(text: string): number {
  const run = LAST_RUN.exec(text);
  const address = run === null ? -1 : run[0].search(OPEN_ADDRESS);
  const starts = [text.indexOf(FENCE), OPEN_LINK.exec(text)?.index ?? -1, address < 0 ? -1 : run!.index + address];
  const at = Math.min(text.length, ...starts.filter(start => start >= 0));
  return text.length - at > LONGEST ? text.length : at;
}

/** Text without what cannot be spoken: markup, emoji, links, control characters. */
export function speakable(text: string): string {
  return text
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .replace(/\[([^[\]]*)\]\([^)[]*\)/g, '$1')
    .replace(ADDRESS, 'a link')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/^[^\S\n\r\u2028\u2029]*(?:[-*+]|\d+\.)\s+/gm, '')
    .replace(/(?<=\w)_(?=\w)/g, ' ')
    .replace(/[*_`~#>|<]/g, '')
    .replace(
      /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20e3|\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u2028\u2029]/gu,
      ' ',
    )
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,!?;:](?:\s|$))/g, '')
    .trim();
}
