const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** The segmenter breaks after these; a speaker does not. */
const ABBREVIATION =
  /(?<![\p{L}\p{N}'’])(?:dr|mr|mrs|ms|prof|sr|jr|st|vs|etc|e\.g|i\.e|approx|fig|inc|ltd|co|dept|est|[A-Z])\.\s*$/iu;
/** "No. 5", but not "No. I did not". */
const NUMBERED = /\bno\.\s*$/i;
/** What may follow a full stop without telling whether a sentence ended there. */
const UNDECIDED = /^[^\p{L}.?!…\n]*$/u;
/** Markup that goes on behind what is there so far: nothing of it can be cut yet. */
const UNFINISHED = /```(?:(?!```)[\s\S])*$|\[[^\]\n]*(?:\]\([^)\s]*|\])?$|(?:https?:\/\/\S*|https?:?\/?)$/;
/** Ends like a sentence. */
const WHOLE = /[.?!…]["'”’)]*\s*$/u;
/** The first piece of an answer this long may be spoken up to a comma, so that the answer begins sooner. */
const EARLY_LENGTH = 60;
const EARLY_COMMA = 20;

/** The text, cut where sentences end; the last one may be open. */
export function sentenceSegments(text: string): string[] {
  const merged: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = merged.at(-1);
    if (last !== undefined && (ABBREVIATION.test(last) || (NUMBERED.test(last) && /^\d/.test(segment))))
      merged[merged.length - 1] = last + segment;
    else merged.push(segment);
  }
  return merged;
}

/** Cuts a stream of text into sentences that can be spoken; the last piece waits for `flush`. */
export class SentenceSplitter {
  #rest = '';
  #first = true;

  /** Adds text; returns the sentences that are certainly complete. */
  push(text: string): string[] {
    const whole = unmarked(this.#rest + text);
    const certain = whole.slice(0, UNFINISHED.exec(whole)?.index);
    const merged = sentenceSegments(certain);
    let open = merged.pop() ?? '';
    if (UNDECIDED.test(open)) open = (merged.pop() ?? '') + open;
    this.#rest = open + whole.slice(certain.length);
    if (this.#first) this.#early(merged, certain.length);
    const sentences = merged.map(speakable).filter(Boolean);
    if (sentences.length > 0) this.#first = false;
    return sentences;
  }

  /** No more text came for a while: what is left, if it reads like a whole sentence. */
  settled(): string[] {
    return WHOLE.test(this.#rest) && !UNFINISHED.test(this.#rest) ? this.flush() : [];
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
    .replace(/\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
    .replace(/https?:\/\/\S*[^\s.,;:!?)"'](?=[.,;:!?)"']*\s)/g, 'a link');

/** Text without what cannot be spoken: markup, emoji, links, control characters. */
export function speakable(text: string): string {
  return text
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/https?:\/\/\S*[^\s.,;:!?)"']/g, 'a link')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/^\s*(?:[-*+]|\d+\.)\s+/gm, '')
    .replace(/(?<=\w)_(?=\w)/g, ' ')
    .replace(/[*_`~#>|<]/g, '')
    .replace(
      /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20e3|\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u2028\u2029]/gu,
      ' ',
    )
    .replace(/\s+(?=[.,!?;:](?:\s|$))/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
