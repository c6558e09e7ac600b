const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** The segmenter breaks after these; a speaker does not. */
const ABBREVIATION = /\b(?:dr|mr|mrs|ms|prof|sr|jr|st|vs|etc|e\.g|i\.e|approx|no|fig|inc|ltd|co|dept|est|[A-Z])\.\s*$/i;
/** A first piece this long may be spoken up to a comma, so that the answer begins sooner. */
const EARLY_LENGTH = 60;

/** Cuts a stream of text into sentences that can be spoken; the last piece waits for `flush`. */
export class SentenceSplitter {
  #rest = '';
  #first = true;

  /** Adds text; returns the sentences that are certainly complete. */
  push(text: string): string[] {
    this.#rest += text;
    const pieces = [...segmenter.segment(this.#rest)].map(({ segment }) => segment);
    const merged: string[] = [];
    for (const piece of pieces) {
      const last = merged.at(-1);
      if (last !== undefined && ABBREVIATION.test(last)) merged[merged.length - 1] = last + piece;
      else merged.push(piece);
    }
    this.#rest = merged.pop() ?? '';
    const sentences = merged.map(speakable).filter(Boolean);
    if (sentences.length === 0 && this.#first) sentences.push(...this.#early());
    if (sentences.length > 0) this.#first = false;
    return sentences;
  }

  flush(): string[] {
    const rest = speakable(this.#rest);
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }

  #early(): string[] {
    const comma = this.#rest.indexOf(', ', 20);
    if (this.#rest.length < EARLY_LENGTH || comma < 0) return [];
    const piece = this.#rest.slice(0, comma + 1);
    this.#rest = this.#rest.slice(comma + 2);
    return [speakable(piece)];
  }
}

/** Text without what cannot be spoken: markup, emoji, links, control characters. */
export function speakable(text: string): string {
  return text
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/https?:\/\/\S+/g, ' a link ')
    .replace(/^\s*(?:[-*+]|\d+\.)\s+/gm, '')
    .replace(/[*_`~#>|<]/g, '')
    .replace(/\p{Extended_Pictographic}|\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
