import type { Clock } from '../base/clock.ts';

/** Lets everything that is already promised happen, including chains of promises and stream hand-overs. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>(resolve => setImmediate(resolve));
}

/** Time that only moves when a test says so. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }
  unixMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }
  /** A promise for `delayMs` later. */
  wait(delayMs: number): Promise<void> {
    return new Promise(resolve => this.after(delayMs, resolve));
  }
  /** Timers that have not fired: none may be left after a close [C1]. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time on, firing what is due in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    while (true) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter(timer => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }
}
