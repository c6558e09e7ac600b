import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Settings } from '../../../settings/settings.ts';
import { isLoopback } from '../../config/loopback.ts';
import { guardConnections } from '../../limits/connections.ts';
import { standBefore } from '../../limits/front.ts';
import { namesUs } from '../../limits/hostnames.ts';
import type { LimitMetrics } from '../../limits/metrics.ts';
import { addressOf, trustOf } from '../../limits/proxies.ts';
import type { SignalingLimits } from '../../limits/signaling.ts';

/** A connection that has not said by then what it wants is closed. */
const HANDSHAKE_MS = 10_000;
/** Room for browsers that come as others go. */
const SPARE_CONNECTIONS = 64;

interface EngineSocket {
  request: IncomingMessage;
  once(event: 'close', done: () => void): void;
}

/** Opens the page's server to sockets, and puts in front of everything there what every connection has to pass. */
export function openSockets(
  server: HttpServer,
  config: Settings,
  { limits, metrics, headers }: { limits: SignalingLimits; metrics: LimitMetrics; headers: Record<string, string> },
): SocketServer {
  const trust = trustOf(config.trustProxy);
  const io = new SocketServer({
    path: `${config.basePath}socket.io`,
    // A little above the protocol's own limit, so that a sender slightly over it gets an answer instead of a hang-up.
    maxHttpBufferSize: LIMITS.messageBytes * 4,
    pingInterval: 5000,
    pingTimeout: 5000,
    serveClient: false,
    connectTimeout: HANDSHAKE_MS,
    // Counts connections that have not said yet what they want, too.
    allowRequest: (request, decide) =>
      decide(
        null,
        io.engine.clientsCount < config.limits.sockets + SPARE_CONNECTIONS &&
          limits.mayConnect(addressOf(request, trust)),
      ),
    ...(config.corsOrigins.length > 0 && { cors: { origin: config.corsOrigins } }),
  });
  // Nothing is served without a namespace of its own.
  io.use((_socket, next) => next(new Error('there is nothing here')));
  io.attach(server);
  io.engine.on('connection', (socket: EngineSocket) => {
    socket.once('close', limits.hold(addressOf(socket.request, trust)));
  });
  const isOurs = namesUs(config);
  guardConnections(server, config.limits, { trust, metrics });
  standBefore(server, {
    // A server for others may be reached under names that it does not know.
    isMeant: isLoopback(config.host) ? isOurs : () => true,
    headers,
    refused: metrics.misdirected,
    slow: () => metrics.connectionClosed('slow'),
  });
  return io;
}
