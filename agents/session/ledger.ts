import type { SpokenWord } from '../speak/words.ts';

/** Which words of a turn have been heard: the playout ledger [T4]. Positions in samples from the turn's start. */
export class Ledger {
  readonly #words: SpokenWord[] = [];
  #total = 0;
  #played = 0;

  /** Samples of speech that exist so far. */
  get total(): number {
    return this.#total;
  }
  get played(): number {
    return this.#played;
  }
  get remaining(): number {
    return this.#total - this.#played;
  }

  /** Adds a sentence; returns the position at which it starts. */
  add(words: readonly SpokenWord[], samples: number): number {
    const start = this.#total;
    for (const { text, endSample } of words) this.#words.push({ text, endSample: start + endSample });
    this.#total += samples;
    return start;
  }

  advance(playedSamples: number): void {
    this.#played = Math.max(this.#played, playedSamples);
  }

  /** All of its words, heard or not yet. */
  get text(): string {
    return this.#words.map(({ text }) => text).join(' ');
  }

  /** The words that were played out whole. */
  get heard(): string {
    return this.#words
      .filter(({ endSample }) => endSample <= this.#played)
      .map(({ text }) => text)
      .join(' ');
  }
}
