import type { Clock } from '../base/clock.ts';

/** Rounds in which promises that are settled may settle others. */
const SETTLE_ROUNDS = 5;

/** A provider that has answered nothing for so long when nothing else can happen is not waited for. */
const HUNG_MS = 30_000;

/** Work of a provider that goes on. */
export interface Work {
  /** Something of its answer is there in reality: calls back when it would have been there; when that will be. */
  deliver(callback: () => void, noSoonerThanMs?: number): number;
  /** Nothing more comes. */
  end(): void;
}

/**
 * Virtual time that jumps from event to event, and yet is as late as it would be in a call: what took a provider so many
 * real ms is there so many virtual ms after it was asked. While a provider works, time goes on no faster than it does in
 * reality, because nobody knows yet when the answer will be there.
 */
export class ReplayClock implements Clock {
  readonly #startUnixMs: number;
  readonly #realMs: () => number;
  #nowMs = 0;
  readonly #timers: { atMs: number; callback: () => void }[] = [];
  /** When the works that go on began, on both clocks. */
  readonly #works = new Set<{ virtualMs: number; realMs: number }>();
  #poke: () => void = () => {};

  /** @param realMs a stopwatch, so that tests can own it */
  constructor(startUnixMs: number, realMs: () => number = () => performance.now()) {
    this.#startUnixMs = startUnixMs;
    this.#realMs = realMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }
  unixMs(): number {
    return this.#startUnixMs + this.#nowMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    // In order; of the same time, the earlier asked first.
    const place = this.#timers.findLastIndex(({ atMs }) => atMs <= timer.atMs);
    this.#timers.splice(place + 1, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  /** A provider is asked, and works in real time. */
  begin(): Work {
    const work = { virtualMs: this.#nowMs, realMs: this.#realMs() };
    this.#works.add(work);
    return {
      deliver: (callback, noSoonerThanMs = 0) => {
        const atMs = Math.max(work.virtualMs + this.#realMs() - work.realMs, noSoonerThanMs);
        this.after(atMs - this.#nowMs, callback);
        this.#poke();
        return atMs;
      },
      end: () => {
        this.#works.delete(work);
        this.#poke();
      },
    };
  }

  /** A provider's answer, or failure, as late as it really was. */
  async run<T>(ask: () => Promise<T>): Promise<T> {
    const work = this.begin();
    try {
      return await ask();
    } finally {
      const delivered = new Promise<void>(resolve => work.deliver(resolve));
      work.end();
      await delivered;
    }
  }

  /** Lets time go on until nothing more can happen, or until `endMs`. */
  async play(endMs: number): Promise<void> {
    while (true) {
      for (let i = 0; i < SETTLE_ROUNDS; i++) await new Promise<void>(resolve => setImmediate(resolve));
      const next = this.#timers[0];
      if (next === undefined ? this.#works.size === 0 : next.atMs > endMs) return;
      const realMs = this.#realMs();
      const reachedMs = Math.min(
        ...[...this.#works].map(work => work.virtualMs + realMs - work.realMs),
        Number.POSITIVE_INFINITY,
      );
      if (next !== undefined && next.atMs <= reachedMs) {
        this.#timers.shift();
        this.#nowMs = Math.max(this.#nowMs, next.atMs);
        next.callback();
        continue;
      }
      const answered = await this.#untilAnswered(next === undefined ? HUNG_MS : next.atMs - reachedMs);
      if (!answered && next === undefined) return;
    }
  }

  /** Waits until a provider answers, at most so many real ms; whether one did. */
  async #untilAnswered(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#poke = () => resolve(true);
    const timer = setTimeout(() => resolve(false), ms);
    const answered = await promise;
    clearTimeout(timer);
    this.#poke = () => {};
    return answered;
  }
}
