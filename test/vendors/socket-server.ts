import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A vendor's WebSocket endpoint on this machine: counts what is open, and may refuse who comes. */
export class SocketServer {
  /** Answers the next connections with this status instead. */
  refuse: number | undefined;
  readonly upgrades: http.IncomingMessage[] = [];
  readonly #server = http.createServer((_, response) => response.writeHead(404).end());
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor(serve: (socket: WebSocket, request: http.IncomingMessage) => void) {
    this.#server.on('upgrade', (request: http.IncomingMessage, raw: Duplex, head: Buffer) => {
      this.upgrades.push(request);
      if (this.refuse !== undefined) {
        raw.end(`HTTP/1.1 ${this.refuse} Refused\r\nconnection: close\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, raw, head, socket => serve(socket, request));
    });
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.clients.size;
  }

  /** Ends them as a dying vendor does. */
  kill(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.kill();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
