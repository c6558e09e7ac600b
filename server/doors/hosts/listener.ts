import http, { type Server as HttpServer } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Settings } from '../../../settings/settings.ts';
import type { Tls } from '../../config/tls.ts';
import { guardConnections, SERVER_TIMES } from '../../limits/connections.ts';
import type { LimitMetrics } from '../../limits/metrics.ts';
import { trustOf } from '../../limits/proxies.ts';

/** Connections that have not said by then who they are. */
const HELLO_MS = 5000;
/** Hosts are few; whoever else comes is none. */
const LIMIT = { connections: 256, connectionsPerAddress: 64 };

export interface HostListener {
  io: SocketServer;
  port: number;
  close(): Promise<void>;
}

/**
 * Where agent hosts connect: a port of its own, of this machine only unless it is set, so that who may open the page
 * cannot even knock. WebSockets, nothing else. Rejects with the system's error where the port is taken.
 */
export async function listenForHosts(
  { host, port }: Pick<Settings['agents'], 'host' | 'port'>,
  tls: Tls | undefined,
  metrics: LimitMetrics,
): Promise<HostListener> {
  const nothing: http.RequestListener = (_request, response) => {
    response.writeHead(404, { Connection: 'close' }).end();
  };
  const server: HttpServer =
    tls === undefined
      ? http.createServer(SERVER_TIMES, nothing)
      : https.createServer({ ...tls, ...SERVER_TIMES }, nothing);
  guardConnections(server, LIMIT, { trust: trustOf(false), metrics });
  const io = new SocketServer(server, {
    transports: ['websocket'],
    maxHttpBufferSize: LIMITS.messageBytes * 4,
    pingInterval: 5000,
    pingTimeout: 5000,
    serveClient: false,
    connectTimeout: HELLO_MS,
  });
  io.use((_socket, next) => next(new Error('there is nothing here')));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    io,
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = io.close();
      // Nobody holds the server up with what they have half sent.
      server.closeAllConnections();
      await closed;
    },
  };
}
