import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RequestError } from '../../protocol/errors.ts';
import type { Counter, Counters } from '../cluster/port.ts';
import type { LimitMetrics } from './metrics.ts';

/** Whom a limit counts. */
export type Scope = 'address' | 'token' | 'room' | 'socket';

export interface GateOptions {
  /** What is counted: servers that count together know it by that. */
  name: string;
  scope: Scope;
  surface: 'http' | 'signaling' | 'agents';
  perMinute: number;
  /** At once; a minute's worth unless it says otherwise. */
  burst?: number;
  /** What whoever comes too often is told. */
  message: string;
}

/** All gates of a server: they count in one place. */
export class Gates {
  readonly #counters: Counters;
  readonly #metrics: LimitMetrics;

  constructor(counters: Counters, metrics: LimitMetrics) {
    this.#counters = counters;
    this.#metrics = metrics;
  }

  gate(options: GateOptions): Gate {
    const { name, perMinute, burst = perMinute } = options;
    return new Gate(this.#counters.of(name, { perMinute, burst }), options, this.#metrics);
  }
}

/** How often each of many callers may come. */
export class Gate {
  readonly #counter: Counter;
  readonly #options: GateOptions;
  readonly #metrics: LimitMetrics;

  constructor(counter: Counter, options: GateOptions, metrics: LimitMetrics) {
    this.#counter = counter;
    this.#options = options;
    this.#metrics = metrics;
  }

  /** Counts one request, or so much of something, of whoever `key` names. Throws `rate-limited` when it is too much. */
  pass(key: string, much = 1): void {
    const retryAfterMs = this.#take(key, much);
    if (retryAfterMs === undefined) return;
    throw new RequestError('rate-limited', this.#options.message, { retryable: true, retryAfterMs });
  }

  /** The same without an error: false when it is too much. */
  count(key: string, much = 1): boolean {
    return this.#take(key, much) === undefined;
  }

  /** Whether they have come too often already; counts nothing. */
  isSpent(key: string): boolean {
    return this.#counter.isSpent(key);
  }

  #take(key: string, much: number): number | undefined {
    const waitMs = this.#counter.take(key, much);
    if (waitMs !== undefined) this.#metrics.refused(this.#options);
    return waitMs;
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
