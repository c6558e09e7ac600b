import type { Guest } from './guest.ts';

/** After the first viewer is there, its decoder and jitter buffer get this long before they are spoken to. */
const GREET_AFTER_MS = 400;
/** Somebody who only types, or whose browser shows no video, is greeted all the same. */
const GREET_ANYWAY_MS = 4000;

/** Knows when somebody can hear and see the avatar, and says so once. */
export class Greeter implements Guest {
  readonly #greet: () => void;
  #timer: NodeJS.Timeout;
  #seen = false;

  constructor(greet: () => void) {
    this.#greet = greet;
    this.#timer = setTimeout(() => this.#now(), GREET_ANYWAY_MS);
  }

  viewers(count: number): void {
    if (count === 0 || this.#seen) return;
    this.#seen = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#greet(), GREET_AFTER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #now(): void {
    this.#seen = true;
    this.#greet();
  }
}
