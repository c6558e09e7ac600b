import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What a bad network does to each packet, in both directions. */
export interface Impairment {
  /** Share of packets that never arrive. */
  loss?: number;
  delayMs?: number;
  /** Each packet's delay is off by up to this, either way: packets overtake each other. */
  jitterMs?: number;
  /** Nothing passes. */
  outage?: boolean;
}

const MOST_CLIENTS = 64;

/**
 * A bad network for UDP, between an address that the server announces and the one where it listens. (The kernel's own,
 * netem, is not everywhere; this one needs no rights.)
 */
export class Relay {
  impairment: Impairment = {};
  readonly passed = { packets: 0, dropped: 0 };
  readonly #listening: Socket;
  readonly #server: { address: string; port: number };
  readonly #clients = new Map<string, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #random: () => number;

  /** @param address where clients send to, with the server's own port */
  static async open(address: string, server: { address: string; port: number }, random: () => number): Promise<Relay> {
    const relay = new Relay(server, random);
    relay.#listening.bind(server.port, address);
    await once(relay.#listening, 'listening');
    return relay;
  }

  private constructor(server: { address: string; port: number }, random: () => number) {
    this.#server = server;
    this.#random = random;
    this.#listening = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    this.#listening.on('message', (data, from) => {
      const upstream = this.#upstream(from.address, from.port);
      this.#pass(() => upstream.send(data, server.port, server.address, () => {}));
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#clients.values()) socket.close();
    this.#clients.clear();
    this.#listening.close();
  }

  /** The server tells its clients apart by the ports that they send from. */
  #upstream(address: string, port: number): Socket {
    const name = `${address}:${port}`;
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    if (this.#clients.size >= MOST_CLIENTS) throw new Error('too many clients for the relay');
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.on('message', data => this.#pass(() => this.#listening.send(data, port, address, () => {})));
    socket.on('error', () => {});
    socket.bind(0, this.#server.address);
    this.#clients.set(name, socket);
    return socket;
  }

  #pass(send: () => void): void {
    const { loss = 0, delayMs = 0, jitterMs = 0, outage = false } = this.impairment;
    this.passed.packets += 1;
    if (outage || this.#random() < loss) {
      this.passed.dropped += 1;
      return;
    }
    const waitMs = delayMs + (2 * this.#random() - 1) * jitterMs;
    if (waitMs <= 0) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, waitMs);
    this.#timers.add(timer);
  }
}
