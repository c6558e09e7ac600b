import type { Turn } from './turn.ts';

/** The turn that is prepared in secret, while it is not certain yet that it will be one [T5]. */
export class Speculation {
  #turn: Turn | undefined;

  /** False where it is the same words, read once more: what was begun for them serves. */
  begin(turn: Turn): boolean {
    if (this.#serves(turn)) return false;
    this.drop('newer words');
    this.#turn = turn;
    return true;
  }

  /** The turn that is wanted now: the prepared one, if it answers the same. */
  take(wanted: Turn): Turn {
    const prepared = this.#serves(wanted) ? this.#turn : undefined;
    if (prepared === undefined) this.drop('something else was said');
    this.#turn = undefined;
    return prepared ?? wanted;
  }

  drop(reason: string): void {
    this.#turn?.cancel(reason);
    this.#turn = undefined;
  }

  #serves(wanted: Turn): boolean {
    return this.#turn?.key === wanted.key && !this.#turn.signal.aborted;
  }
}
