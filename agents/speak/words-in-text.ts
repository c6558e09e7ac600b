import type { TimedText } from './ports.ts';

/** A word that is told is looked for so far behind the last, characters: what lies between was said in other words. */
const FAR = 60;

/**
 * Finds the words that a voice tells in the sentence that it was given, and gives all characters of the sentence with
 * their times: signs with the word that they stand at, white space where the word before it ends.
 */
export class WordsInText {
  readonly #text: string;
  readonly #plain: string;
  #at = 0;
  #endSample = 0;

  constructor(text: string) {
    this.#text = text;
    const plain = text.toLowerCase();
    this.#plain = plain.length === text.length ? plain : text;
  }

  /** A word as the voice tells it, in samples; empty where it is not found. */
  add(told: string, startSample: number, endSample: number): TimedText[] {
    const word = told.trim().toLowerCase();
    const found = word === '' ? -1 : this.#plain.slice(this.#at, this.#at + FAR + word.length).indexOf(word);
    if (found < 0) return [];
    const from = this.#at + found;
    const before = this.#between(this.#text.slice(this.#at, from), startSample);
    const to = from + word.length;
    // What follows belongs to the next word, unless it is seen already that this one ends here.
    const space = /^\s*/.exec(this.#text.slice(to, to + FAR))![0];
    this.#at = to + space.length;
    this.#endSample = endSample;
    const said = [...before, { text: this.#text.slice(from, to), startSample, endSample }];
    return space === '' ? said : [...said, { text: space, startSample: endSample, endSample }];
  }

  /** Signs and spaces between two words: up to the last space they belong to the one before. */
  #between(gap: string, startSample: number): TimedText[] {
    const at = this.#endSample;
    const closing = gap.length - gap.trimEnd().length > 0 ? gap.length : gap.search(/\s\S*$/) + 1;
    const own = gap.slice(0, closing).split(/(\s+)/).filter(Boolean);
    const opening = gap.slice(closing);
    return [
      ...own.map(text => ({ text, startSample: at, endSample: at })),
      ...(opening === '' ? [] : [{ text: opening, startSample, endSample: startSample }]),
    ];
  }
}
