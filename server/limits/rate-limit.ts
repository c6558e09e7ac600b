/** Token bucket: `perSecond` on average, up to `burst` at once. Time in ms from any monotonic clock. */
export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #lastMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#lastMs = nowMs;
  }

  /** Takes one token; false when none is left. */
  take(nowMs: number): boolean {
    if (this.isSpent(nowMs)) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Whether none is left. */
  isSpent(nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#lastMs) * this.#perMs);
    this.#lastMs = nowMs;
    return this.#tokens < 1;
  }

  /** Until the next token is there, as of the last `take`, ms. */
  get waitMs(): number {
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }
}
