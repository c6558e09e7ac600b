import type { Clock } from '../base/clock.ts';

/** [T3] Within this time it is decided what an interruption was. */
export const DECIDE_MS = 700;

/**
 * Somebody spoke over the avatar, whose output is paused: were those words? A recognizer that has heard something
 * decides; where it has heard nothing in time, a cough is assumed if it answered, words if it did not answer at all.
 */
export class Interruption {
  readonly identity: string;
  readonly #decide: (verdict: 'words' | 'nothing') => void;
  readonly #cancelTimer: () => void;
  #answered = false;
  #decided = false;

  constructor(identity: string, clock: Clock, decide: (verdict: 'words' | 'nothing') => void) {
    this.identity = identity;
    this.#decide = decide;
    this.#cancelTimer = clock.after(DECIDE_MS, () => this.#settle(this.#answered ? 'nothing' : 'words'));
  }

  /** The recognizer heard words that are more than a backchannel. */
  heardWords(identity: string): void {
    if (identity === this.identity) this.#settle('words');
  }

  /** The recognizer heard a backchannel so far. */
  heardOnly(identity: string): void {
    if (identity === this.identity) this.#answered = true;
  }

  /** Decided elsewhere. */
  close(): void {
    this.#decided = true;
    this.#cancelTimer();
  }

  #settle(verdict: 'words' | 'nothing'): void {
    if (this.#decided) return;
    this.close();
    this.#decide(verdict);
  }
}
