import { type Clock, systemClock } from './clock.ts';

/** How long an endpoint is waited for: each time so long, and in all so long. */
export class Patience {
  readonly #eachMs: number;
  #leftMs: number;
  readonly #over = new AbortController();
  readonly #clock: Clock;
  #cancel = () => {};
  #sinceMs = 0;

  constructor(eachMs: number, allMs: number, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#eachMs = eachMs;
    this.#leftMs = allMs;
  }

  /** Aborted once it is at an end. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** From now on the endpoint is waited for. */
  wait(): void {
    this.#sinceMs = this.#clock.nowMs();
    this.#cancel = this.#clock.after(Math.min(this.#eachMs, this.#leftMs), () => this.#over.abort());
  }

  /** It has sent something. */
  rest(): void {
    this.#cancel();
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.nowMs() - this.#sinceMs));
  }

  /** Nothing more is wanted of the endpoint: what it still sends is cut off. */
  end(): void {
    this.#cancel();
    this.#over.abort();
  }
}
