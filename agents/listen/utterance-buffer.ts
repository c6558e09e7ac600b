import { LISTEN_RATE } from '../base/rates.ts';

const PREROLL = LISTEN_RATE * 0.35;

/** The audio of the utterance being spoken, with a little before its start, so that no first sound is cut. */
export class UtteranceBuffer {
  #chunks: Int16Array[] = [];
  #length = 0;
  /** Samples ever pushed. */
  #position = 0;

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

  /** Nobody speaks: only the pre-roll before now is kept. */
  trim(): void {
    while (this.#chunks[0] !== undefined && this.#length - this.#chunks[0].length >= PREROLL)
      this.#length -= this.#chunks.shift()!.length;
  }

  /** What is held, up to a position. */
  take(endPosition: number): Int16Array {
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
