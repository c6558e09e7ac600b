import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RequestError } from '../../protocol/errors.ts';
import type { LimitMetrics } from './metrics.ts';
import { RateLimit } from './rate-limit.ts';

/** [C2] Callers whose rate is remembered; past that the longest silent one is forgotten. */
const MAX_KEYS = 10_000;

/** Whom a limit counts. */
export type Scope = 'address' | 'token' | 'room' | 'socket';

export interface GateOptions {
  scope: Scope;
  surface: 'http' | 'signaling' | 'agents';
  perMinute: number;
  /** At once; a minute's worth unless it says otherwise. */
  burst?: number;
  /** What whoever comes too often is told. */
  message: string;
  metrics: LimitMetrics;
}

/**
 * How often each of many callers may come. Its own few lines, because the limiters of the registry remember everybody
 * who ever came until their time is over: an attacker with many addresses fills their memory.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #limits = new Map<string, RateLimit>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Counts one request, or so much of something, of whoever `key` names. Throws `rate-limited` when it is too much. */
  pass(key: string, much = 1): void {
    if (this.count(key, much)) return;
    throw new RequestError('rate-limited', this.#options.message, {
      retryable: true,
      retryAfterMs: this.#limits.get(key)?.waitMs,
    });
  }

  /** The same without an error: false when it is too much. */
  count(key: string, much = 1): boolean {
    const nowMs = performance.now();
    const { perMinute, burst = perMinute } = this.#options;
    const limit = this.#limits.get(key) ?? new RateLimit(perMinute / 60, burst, nowMs);
    this.#limits.delete(key);
    this.#limits.set(key, limit);
    if (this.#limits.size > MAX_KEYS) this.#limits.delete(this.#limits.keys().next().value as string);
    if (limit.take(nowMs, much)) return true;
    this.#options.metrics.refused(this.#options);
    return false;
  }

  /** Whether they have come too often already; counts nothing. */
  isSpent(key: string): boolean {
    return this.#limits.get(key)?.isSpent(performance.now()) === true;
  }
}

/** Whose address this is: an IPv6 customer has a whole /64, and may come from any address of it. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.split('%', 1)[0]!.split('::');
  const groups = (part: string) => part.split(':').filter(group => group !== '');
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** A token as a key: it is not kept itself. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
