import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A vendor's WebSocket endpoint on this machine: counts what is open, and may refuse who comes. */
export class SocketServer {
  /** Answers the next connections with this status instead. */
  refuse: number | undefined;
  readonly upgrades: http.IncomingMessage[] = [];
  readonly #server: http.Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  /** @param tls with this key and certificate, for clients that take no other */
  constructor(serve: (socket: WebSocket, request: http.IncomingMessage) => void, tls?: { key: string; cert: string }) {
    const missing: http.RequestListener = (_, response) => response.writeHead(404).end();
    this.#server = tls === undefined ? http.createServer(missing) : https.createServer(tls, missing);
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
