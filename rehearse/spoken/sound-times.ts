import type { SaidTimes } from './microphone.ts';

/** One packet. */
const FRAME_MS = 20;
/** Between words it is quiet no longer than this. */
const GAP_MS = 300;

/** When the avatar was heard. */
export class SoundTimes {
  /** Of each packet that was loud, ms of `performance.now()`. */
  readonly #atMs: number[] = [];

  /** @param atMs of the latest loud packet; told as often as one likes */
  heard(atMs: number): void {
    if (atMs > (this.#atMs.at(-1) ?? Number.NEGATIVE_INFINITY)) this.#atMs.push(atMs);
  }

  /** It speaks, and is not merely between two words. */
  isSounding(atMs: number): boolean {
    return atMs - (this.#atMs.findLast(each => each <= atMs) ?? Number.NEGATIVE_INFINITY) < GAP_MS;
  }

  /** What was heard while somebody spoke: for how long in all, and how long after they had begun the last of it was, ms. */
  during({ beganMs, endedMs }: SaidTimes): { forMs: number; lastAfterMs: number } {
    const heard = this.#atMs.filter(ms => ms >= beganMs && ms <= endedMs);
    return { forMs: heard.length * FRAME_MS, lastAfterMs: (heard.at(-1) ?? beganMs) - beganMs };
  }
}
