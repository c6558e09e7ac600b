import { RateLimit } from '../signaling/rate-limit.ts';

/** Callers whose rate is remembered; past that the longest silent one is forgotten. */
const MAX_CALLERS = 10_000;

/** How often each address may ask. */
export class Callers {
  readonly #perMinute: number;
  readonly #limits = new Map<string, RateLimit>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one request; false when this address has asked too often. */
  allow(address: string): boolean {
    const nowMs = performance.now();
    const limit = this.#limits.get(address) ?? new RateLimit(this.#perMinute / 60, this.#perMinute, nowMs);
    this.#limits.delete(address);
    this.#limits.set(address, limit);
    if (this.#limits.size > MAX_CALLERS) this.#limits.delete(this.#limits.keys().next().value as string);
    return limit.take(nowMs);
  }
}

/** The token in an `Authorization` header. */
export const bearer = (header: string | undefined): string | undefined => /^Bearer (\S+)$/.exec(header ?? '')?.[1];
