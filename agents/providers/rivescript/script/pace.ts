import { setImmediate } from 'node:timers/promises';

/** Work that does not wait for anything goes on for so long before everything else has its turn. */
const STRETCH_MS = 8;

/** Lets others have their turn in the midst of long work, and ends it when it is called off. */
export class Pace {
  readonly #signal: AbortSignal;
  #sinceMs = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Between two pieces of the work. Rejects with the signal's reason. */
  async rest(): Promise<void> {
    if (performance.now() - this.#sinceMs >= STRETCH_MS) {
      await setImmediate();
      this.#sinceMs = performance.now();
    }
    this.#signal.throwIfAborted();
  }
}
