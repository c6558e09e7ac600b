import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { SocketServer } from './socket-server.ts';

/** A vendor that is spoken to over WebSockets, on this machine. */
export abstract class VendorServer {
  /** What it was told that the vendor would not take. */
  readonly problems: string[] = [];
  readonly #server: SocketServer;
  readonly #protocol: string;

  /** @param tls for clients that take no other */
  constructor(tls?: { key: string; cert: string }) {
    this.#server = new SocketServer((socket, request) => this.serve(socket, request), tls);
    this.#protocol = tls === undefined ? 'http' : 'https';
  }

  protected abstract serve(socket: WebSocket, request: IncomingMessage): void;

  open = () => this.#server.open();
  close = () => this.#server.close();
  /** Ends all connections as a dying vendor does. */
  kill = () => this.#server.kill();
  get baseUrl(): string {
    return `${this.#protocol}://127.0.0.1:${this.#server.port}`;
  }
  /** Connections that are open. */
  get connections(): number {
    return this.#server.connections;
  }
  get upgrades(): readonly IncomingMessage[] {
    return this.#server.upgrades;
  }
  /** Answers the next connections with this status instead. */
  set refuse(status: number | undefined) {
    this.#server.refuse = status;
  }
}

/** One that hears people. */
export abstract class HearingServer extends VendorServer {
  /** Answers nothing. */
  hangs = false;
  /** Answers the next sound with this problem, in the vendor's own word or number. */
  complaint: string | undefined;
  heardBytes = 0;
}
