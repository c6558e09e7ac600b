/** Fewer pictures a second than this are no picture that moves. */
export const LEAST_PER_SECOND = 12;
/** The first pictures take long, whatever the computer: its graphics are being made ready. */
const WARM_MS = 3000;
/** Judged over so long, so that one hitch is none. */
const WINDOW_MS = 3000;

/** Whether a computer is quick enough, told picture by picture. */
export class Pace {
  #firstMs: number | undefined;
  #sinceMs = 0;
  #pictures = 0;

  /**
   * A picture was made.
   * @returns true where they come too slowly
   */
  made(nowMs: number): boolean {
    this.#firstMs ??= nowMs;
    const warmMs = this.#firstMs + WARM_MS;
    if (nowMs < warmMs) return false;
    this.#sinceMs = Math.max(this.#sinceMs, warmMs);
    this.#pictures += 1;
    const tookMs = nowMs - this.#sinceMs;
    if (tookMs < WINDOW_MS) return false;
    const slow = (this.#pictures * 1000) / tookMs < LEAST_PER_SECOND;
    this.#sinceMs = nowMs;
    this.#pictures = 0;
    return slow;
  }

  /** Nobody was looking: what was not made meanwhile says nothing. */
  restart(): void {
    this.#firstMs = undefined;
    this.#pictures = 0;
  }
}
