import { LISTEN_RATE } from '../base/rates.ts';

const PREFIX_MS = 350;

/** The audio of the utterance being spoken, with a little before its start, so that no first sound is cut. */
export class UtteranceBuffer {
  readonly #prefix: number;
  #chunks: Int16Array[] = [];
  #length = 0;
  /** Samples ever pushed. */
  #position = 0;

  /** @param prefixMs how much is kept from before the utterance */
  constructor(prefixMs = PREFIX_MS) {
    this.#prefix = (prefixMs * LISTEN_RATE) / 1000;
  }

  get position(): number {
    return this.#position;
  }
  get length(): number {
    return this.#length;
  }

  push(pcm: Int16Array): void {
    this.#chunks.push(pcm);
    this.#length += pcm.length;
    this.#position += pcm.length;
  }

  /**
   * Lets go of what lies before a position and its prefix.
   * @param from by default now: nobody speaks
   */
  trim(from = this.#position): void {
    const keep = this.#position - from + this.#prefix;
    while (this.#chunks[0] !== undefined && this.#length - this.#chunks[0].length >= keep)
      this.#length -= this.#chunks.shift()!.length;
  }

  /** What is held, up to a position. */
  take(endPosition = this.#position): Int16Array {
    const whole = new Int16Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    const surplus = Math.max(0, this.#position - endPosition);
    return whole.subarray(0, Math.max(0, whole.length - surplus));
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}
