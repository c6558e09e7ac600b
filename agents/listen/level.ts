/** So far below a person's usual loudness it is not them but a television, dB. A whisper is some 20 dB below. */
const FAR_DB = 26;
/** How much one utterance moves what is usual. */
const STEP = 0.3;
/** Whoever is quieter for good is heard again: for each second of theirs that was not, what is usual falls by this, dB. */
const FALL_DB_PER_S = 0.1;
/** A vowel is louder than what is about it: the loudest of so many frames counts. */
const FRAMES = 8;
const TINY = 1e-3;

/** How loud one person usually is, and whether a sound is far below that. */
export class Level {
  readonly #recent: number[] = [];
  #loudest = Number.NEGATIVE_INFINITY;
  #usualDb: number | undefined;

  /** The next frame, whatever it is. */
  push(pcm: Int16Array): void {
    let sum = 0;
    for (const sample of pcm) sum += sample * sample;
    this.#recent.push(10 * Math.log10(sum / Math.max(1, pcm.length) + TINY));
    if (this.#recent.length > FRAMES) this.#recent.shift();
    this.#loudest = Math.max(this.#loudest, this.#recent.at(-1)!);
  }

  /** A stretch of speech begins now. */
  begin(): void {
    this.#loudest = Math.max(...this.#recent);
  }

  /** It had words: that is how loud they speak. */
  learn(): void {
    this.#usualDb =
      this.#usualDb === undefined ? this.#loudest : this.#usualDb + STEP * (this.#loudest - this.#usualDb);
  }

  /** Whether what sounds like speech now is far below the person's own. @param seconds how much of it this is about */
  isFar(seconds: number): boolean {
    if (this.#usualDb === undefined || Math.max(...this.#recent) > this.#usualDb - FAR_DB) return false;
    this.#usualDb -= FALL_DB_PER_S * seconds;
    return true;
  }
}
