import { setImmediate } from 'node:timers/promises';
import { type Check, TAKES_TOO_LONG } from '../think/tools/json-schema.ts';

/** What others wait for no longer at a stretch, where it can be helped. */
const STRETCH_MS = 5;

/** The time that all checks of one turn may take together: nothing else happens in the host while one goes on. */
export class CheckTime {
  #leftMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(mostMs: number) {
    this.#leftMs = mostMs;
  }

  /** What is wrong with a value; {@link TAKES_TOO_LONG} once no time is left. One is checked after another. */
  check(check: Check, value: unknown): Promise<string | undefined> {
    const checked = this.#last.then(async () => {
      if (this.#leftMs <= 0) return TAKES_TOO_LONG;
      const startMs = performance.now();
      const problem = check(value, Math.ceil(this.#leftMs));
      const tookMs = performance.now() - startMs;
      this.#leftMs -= tookMs;
      if (tookMs > STRETCH_MS) await setImmediate();
      return problem;
    });
    this.#last = checked;
    return checked;
  }
}
