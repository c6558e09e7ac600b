/** Token bucket: `perSecond` on average, up to `burst` at once. Time in ms from any monotonic clock. */
export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #lastMs: number;
  #asked = 1;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#lastMs = nowMs;
  }

  /** Takes one token, or so many; false when there are not enough left. */
  take(nowMs: number, count = 1): boolean {
    this.#asked = Math.min(count, this.#burst);
    if (this.isSpent(nowMs, count)) return false;
    this.#tokens -= count;
    return true;
  }

  /** Whether so many are not left. */
  isSpent(nowMs: number, count = 1): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#lastMs) * this.#perMs);
    this.#lastMs = nowMs;
    return this.#tokens < count;
  }

  /** Until what was asked for is there, as of the last `take`, ms. */
  get waitMs(): number {
    return Math.max(0, (this.#asked - this.#tokens) / this.#perMs);
  }
}
