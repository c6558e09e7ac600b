import fs from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerConfig } from '../config/schema.ts';
import type { LimitMetrics } from '../metrics/limits.ts';
import { networkOf } from './gate.ts';
import type { Trust } from './proxies.ts';

/** Who connects says something soon, … */
const FIRST_BYTE_MS = 10_000;
/** … all of the headers by then, … */
const HEADERS_MS = 15_000;
/** … and a whole body, though it be a large picture over a slow line. Routes without such ask for less. */
const REQUEST_MS = 120_000;
const IDLE_MS = 30_000;
/** Nothing goes in or out, while an answer is being made or read. Sockets that were upgraded are not counted. */
const STALLED_MS = 150_000;
const CHECK_MS = 2000;
/** What connections may have of the process's descriptors; the rest is for files, workers and the database. */
const OF_DESCRIPTORS = 2 / 3;

/** For `http.createServer` and `https.createServer`; their own defaults look every half minute, and allow for minutes. */
export const SERVER_TIMES = {
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: IDLE_MS,
  connectionsCheckingInterval: CHECK_MS,
  /** TLS only. */
  handshakeTimeout: FIRST_BYTE_MS,
} as const;

/** How many descriptors this process may have open; undefined where the system does not say. */
export function descriptorLimit(read = () => fs.readFileSync('/proc/self/limits', 'utf8')): number | undefined {
  try {
    const [, soft] = /^Max open files {1,40}(\d{1,20}) /m.exec(read()) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Refuses TCP connections past what the server, or one address, may hold; closes those that say nothing. */
export function guardConnections(
  server: HttpServer,
  limits: Pick<ServerConfig['limits'], 'connections' | 'connectionsPerAddress'>,
  {
    trust,
    metrics,
    descriptors = descriptorLimit(),
  }: { trust: Trust; metrics: LimitMetrics; descriptors?: number | undefined },
): void {
  const most = Math.min(limits.connections, Math.max(1, Math.floor((descriptors ?? Infinity) * OF_DESCRIPTORS)));
  const held = new Map<string, number>();
  let all = 0;
  // Fastify writes its own defaults over what the server was made with.
  Object.assign(server, { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS });
  server.setTimeout(STALLED_MS, socket => {
    metrics.connectionClosed('stalled');
    socket.destroy();
  });
  // Before the parser sees a byte, and before a TLS handshake begins.
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const address = networkOf(remoteAddress);
    // A proxy has everybody's connections.
    const mine = trust(remoteAddress, 0) ? 0 : (held.get(address) ?? 0);
    if (all >= most || mine >= limits.connectionsPerAddress) {
      metrics.connectionClosed(all >= most ? 'too-many' : 'too-many-of-one');
      socket.destroy();
      return;
    }
    all += 1;
    held.set(address, mine + 1);
    const silent = setTimeout(() => {
      if (socket.bytesRead > 0) return;
      metrics.connectionClosed('silent');
      socket.destroy();
    }, FIRST_BYTE_MS);
    socket.once('close', () => {
      clearTimeout(silent);
      all -= 1;
      const left = (held.get(address) ?? 1) - 1;
      if (left > 0) held.set(address, left);
      else held.delete(address);
    });
  });
}
