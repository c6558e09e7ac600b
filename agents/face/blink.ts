/** When the lids close. */
import { smooth } from './ease.ts';

const DOWN_MS = 60;
const HOLD_MS = 20;
const UP_MS = 110;
const BLINK_MS = DOWN_MS + HOLD_MS + UP_MS;
/** Pause between two blinks. */
const SHORTEST_MS = 2000;
const LONGEST_MS = 7000;
/** Some blinks are double. */
const DOUBLE = 0.15;
const DOUBLE_GAP_MS = 90;
/** Share of phrases that end with a blink, and how long after the last sound. */
const AT_PHRASE = 0.6;
const PHRASE_MS = 70;

export class Blink {
  readonly #random: () => number;
  #startMs: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #double = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** How far the lids are closed, 0..1. */
  at(atMs: number): number {
    this.#startMs ??= atMs + this.#pause();
    const end = this.#startMs + BLINK_MS + (this.#double ? DOUBLE_GAP_MS + BLINK_MS : 0);
    if (atMs >= end) {
      this.#lastMs = end;
      // After a long time without a picture the blinks that nobody saw are left out.
      this.#startMs = Math.max(end + this.#pause(), atMs);
      this.#double = this.#random() < DOUBLE;
    }
    const time = atMs - this.#startMs;
    const second = this.#double ? closed(time - BLINK_MS - DOUBLE_GAP_MS) : 0;
    return Math.max(closed(time), second);
  }

  /** A phrase has ended: many a blink comes then, if the last one is not too near. */
  phraseEnds(atMs: number): void {
    if (this.#startMs === undefined || atMs >= this.#startMs - PHRASE_MS) return;
    if (atMs - this.#lastMs < SHORTEST_MS || this.#random() > AT_PHRASE) return;
    this.#startMs = atMs + PHRASE_MS;
  }

  #pause(): number {
    return SHORTEST_MS + (LONGEST_MS - SHORTEST_MS) * this.#random() ** 1.5;
  }
}

function closed(timeMs: number): number {
  if (timeMs <= 0 || timeMs >= BLINK_MS) return 0;
  if (timeMs < DOWN_MS) return smooth(timeMs / DOWN_MS);
  return smooth((BLINK_MS - timeMs) / UP_MS);
}
