import type { Counter, Counters, Rate } from './port.ts';
import { RateLimit } from './rate-limit.ts';

/** [C2] Callers of one counter whose rate is remembered; past that the longest silent one is forgotten. */
const MAX_KEYS = 10_000;

/** In this process. */
export class LocalCounters implements Counters {
  readonly #counters = new Map<string, Counter>();

  of(name: string, rate: Rate): Counter {
    const counter = this.#counters.get(name) ?? new LocalCounter(rate);
    this.#counters.set(name, counter);
    return counter;
  }
}

/**
 * Its own few lines, because the limiters of the registry remember everybody who ever came until their time is over: an
 * attacker with many addresses fills their memory.
 */
class LocalCounter implements Counter {
  readonly #rate: Rate;
  readonly #limits = new Map<string, RateLimit>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  take(key: string, much = 1): number | undefined {
    const nowMs = performance.now();
    const { perMinute, burst } = this.#rate;
    const limit = this.#limits.get(key) ?? new RateLimit(perMinute / 60, burst, nowMs);
    this.#limits.delete(key);
    this.#limits.set(key, limit);
    if (this.#limits.size > MAX_KEYS) this.#limits.delete(this.#limits.keys().next().value as string);
    return limit.take(nowMs, much) ? undefined : limit.waitMs;
  }

  isSpent(key: string): boolean {
    return this.#limits.get(key)?.isSpent(performance.now()) === true;
  }
}
