import fs from 'node:fs';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Settings } from '../../settings/settings.ts';
import { networkOf } from './gate.ts';
import { Held } from './held.ts';
import type { LimitMetrics } from './metrics.ts';
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

/** Between two looks at connections that are in use. */
const LOOK_MS = 5000;
/** Who takes an answer takes so much of it in this time. */
const READS = { bytes: 64 * 1024, withinMs: 30_000 } as const;

/** A connection that has brought a request. */
interface InUse {
  /** Requests that are not answered yet. */
  open: number;
  idleSinceMs: number;
  /** What had gone out when it was last seen to take something. */
  sent: number;
  tookMs: number;
}

/** Closes connections that bring no other request though they are not silent, and those that take no answer. */
function lookAfter(server: HttpServer, metrics: LimitMetrics): void {
  const used = new Map<Socket, InUse>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const nowMs = performance.now();
    const use = used.get(socket) ?? { open: 0, idleSinceMs: nowMs, sent: 0, tookMs: nowMs };
    if (!used.has(socket)) socket.once('close', () => used.delete(socket));
    used.set(socket, use);
    use.open += 1;
    response.once('close', () => {
      use.open -= 1;
      use.idleSinceMs = performance.now();
    });
  });
  // It is a socket of another kind from then on, with its own signs of life.
  server.on('upgrade', ({ socket }: IncomingMessage) => used.delete(socket));
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const [socket, use] of used) {
      const sent = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || sent - use.sent >= READS.bytes) Object.assign(use, { sent, tookMs: nowMs });
      const idle = use.open === 0 && nowMs - use.idleSinceMs > IDLE_MS + LOOK_MS;
      if (!idle && nowMs - use.tookMs <= READS.withinMs) continue;
      metrics.connectionClosed('stalled');
      socket.destroy();
    }
  }, LOOK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Refuses TCP connections past what the server, or one address, may hold; closes those that say nothing. */
export function guardConnections(
  server: HttpServer,
  limits: Pick<Settings['limits'], 'connections' | 'connectionsPerAddress'>,
  {
    trust,
    metrics,
    descriptors = descriptorLimit(),
  }: { trust: Trust; metrics: LimitMetrics; descriptors?: number | undefined },
): void {
  const most = Math.min(limits.connections, Math.max(1, Math.floor((descriptors ?? Infinity) * OF_DESCRIPTORS)));
  const held = new Held();
  let all = 0;
  // Fastify writes its own defaults over what the server was made with.
  Object.assign(server, { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS });
  lookAfter(server, metrics);
  server.setTimeout(STALLED_MS, socket => {
    metrics.connectionClosed('stalled');
    socket.destroy();
  });
  // Before the parser sees a byte, and before a TLS handshake begins.
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const address = networkOf(remoteAddress);
    // A proxy has everybody's connections.
    const mine = trust(remoteAddress, 0) ? 0 : held.of(address);
    if (all >= most || mine >= limits.connectionsPerAddress) {
      metrics.connectionClosed(all >= most ? 'too-many' : 'too-many-of-one');
      socket.destroy();
      return;
    }
    all += 1;
    const letGo = held.take(address);
    const silent = setTimeout(() => {
      if (socket.bytesRead > 0) return;
      metrics.connectionClosed('silent');
      socket.destroy();
    }, FIRST_BYTE_MS);
    socket.once('close', () => {
      clearTimeout(silent);
      all -= 1;
      letGo();
    });
  });
}
