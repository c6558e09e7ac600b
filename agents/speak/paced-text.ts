/** How many letters and digits are said in a second at a usual pace. */
const PACE = 13;

/** Guesses which words of a text have been said after how much of its sound, while nobody knows how long it will be. */
export class PacedText {
  readonly #words: string[];
  readonly #pace: number;
  #next = 0;
  #seconds = 0;
  #letters = 0;

  constructor(text: string, rate: number) {
    this.#words = text.split(/\s+/).filter(Boolean);
    this.#pace = PACE * rate;
  }

  /** The words of the next so many seconds; never the last one, and at least the first if there are more. */
  saidIn(seconds: number): string {
    this.#seconds += seconds;
    const from = this.#next;
    while (this.#next < this.#words.length - 1) {
      const letters = this.#letters + this.#words[this.#next]!.length;
      if (letters > this.#seconds * this.#pace && this.#next > 0) break;
      this.#letters = letters;
      this.#next++;
    }
    return this.#words.slice(from, this.#next).join(' ');
  }

  rest(): string {
    return this.#words.slice(this.#next).join(' ');
  }
}
