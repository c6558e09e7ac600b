import type { Clock } from './clock.ts';

const REST_MS = 2000;
const REST_MOST_MS = 60_000;

/**
 * Leaves alone what failed, so that not everybody has to wait for it to fail again: for 2 s after a failure, twice as
 * long after each in a row, 60 s at most.
 */
export class Cooldown {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #restMs = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  get active(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  /** Until it may be asked again, ms. */
  get leftMs(): number {
    return Math.max(0, this.#untilMs - this.#clock.nowMs());
  }

  failed(): void {
    this.#restMs = Math.min(REST_MOST_MS, Math.max(REST_MS, this.#restMs * 2));
    this.#untilMs = this.#clock.nowMs() + this.#restMs;
  }

  succeeded(): void {
    this.#restMs = 0;
  }
}
