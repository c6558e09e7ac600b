import type { Settings } from '../../settings/settings.ts';
import { digestOf, type Gate, type Gates, networkOf, type Scope } from './gate.ts';
import { Held } from './held.ts';

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_DAY = 1440;

/** What sockets may do together that each may do alone. */
export class SignalingLimits {
  readonly #connections: Gate;
  readonly #joins: Gate;
  readonly #rooms: Gate;
  readonly #texts: Gate;
  readonly #perAddress: number;
  /** Sockets that are open, by whose they are: a proxy's TCP connections do not tell that. */
  readonly #held = new Held();

  constructor(limits: Settings['limits'], gates: Gates) {
    const gate = (name: string, scope: Scope, perMinute: number, burst?: number) =>
      gates.gate({
        name,
        scope,
        surface: 'signaling',
        perMinute,
        ...(burst !== undefined && { burst }),
        message: 'That was too much at once. Please wait a moment.',
      });
    this.#perAddress = limits.connectionsPerAddress;
    this.#connections = gate('connections', 'address', limits.connectionsPerMinute);
    const bytesPerDay = limits.textBytesPerAddressPerDay;
    // Half of it at once, the rest comes with time: in no day there is more.
    this.#texts = gate('text of an address', 'address', bytesPerDay / 2 / MINUTES_PER_DAY, bytesPerDay / 2);
    this.#joins = gate('joins', 'token', limits.joinsPerTokenPerMinute);
    this.#rooms = gate('requests in a room', 'room', limits.requestsPerRoomPerSecond * SECONDS_PER_MINUTE);
  }

  /** Whether this address may connect once more. */
  mayConnect(address: string): boolean {
    const network = networkOf(address);
    return this.#held.of(network) < this.#perAddress && this.#connections.count(network);
  }

  /** It is connected; call what comes back when it is no more. */
  hold(address: string): () => void {
    return this.#held.take(networkOf(address));
  }

  /** Counts a join. Throws `rate-limited`. */
  join(token: string): void {
    this.#joins.pass(digestOf(token));
  }

  /** Counts what is typed from an address, into whatever rooms. Throws `rate-limited`. */
  text(address: string, text: string): void {
    this.#texts.pass(networkOf(address), Buffer.byteLength(text));
  }

  /** Counts a request of somebody in a room. Throws `rate-limited`. */
  room(name: string): void {
    this.#rooms.pass(name);
  }
}
