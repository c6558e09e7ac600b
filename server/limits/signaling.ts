import type { ServerConfig } from '../config/schema.ts';
import type { LimitMetrics } from '../metrics/limits.ts';
import { digestOf, Gate, networkOf, type Scope } from './gate.ts';

const SECONDS_PER_MINUTE = 60;

/** What sockets may do together that each may do alone. */
export class SignalingLimits {
  readonly #connections: Gate;
  readonly #joins: Gate;
  readonly #rooms: Gate;

  constructor(limits: ServerConfig['limits'], metrics: LimitMetrics) {
    const gate = (scope: Scope, perMinute: number) =>
      new Gate({
        scope,
        surface: 'signaling',
        perMinute,
        message: 'That was too much at once. Please wait a moment.',
        metrics,
      });
    this.#connections = gate('address', limits.connectionsPerMinute);
    this.#joins = gate('token', limits.joinsPerTokenPerMinute);
    this.#rooms = gate('room', limits.requestsPerRoomPerSecond * SECONDS_PER_MINUTE);
  }

  /** Whether this address may connect once more. */
  mayConnect(address: string): boolean {
    try {
      this.#connections.pass(networkOf(address));
      return true;
    } catch {
      return false;
    }
  }

  /** Counts a join. Throws `rate-limited`. */
  join(token: string): void {
    this.#joins.pass(digestOf(token));
  }

  /** Counts a request of somebody in a room. Throws `rate-limited`. */
  room(name: string): void {
    this.#rooms.pass(name);
  }
}
