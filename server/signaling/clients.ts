import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import type { ZodType } from 'zod';
import { type Reply, RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { type RequestName, type RequestOutput, type RequestParsed, requests } from '../../protocol/signaling.ts';
import type { ServerConfig } from '../config/schema.ts';
import { wireError } from '../doors/wire-error.ts';
import { RateLimit } from '../limits/rate-limit.ts';
import type { SignalingLimits } from '../limits/signaling.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { animationSink } from './animation.ts';
import { ClientSession, type SessionDeps } from './client-session.ts';

/** A socket that is in no room for so long is closed: it holds a place that others may need. */
const JOIN_WITHIN_MS = 120_000;
const JOIN_CHECKS = 4;
/** Messages of any kind, as a multiple of the requests a socket may make; past that it is not even answered. */
const FLOOD = 10;

type ClientDeps = SessionDeps & {
  sharedLimits: SignalingLimits;
  /** Where a request comes from. */
  addressOf?(request: IncomingMessage): string;
  metrics: Metrics;
  log: Logger;
};

const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);

/** Also when it cannot be measured: nested so deeply that the stack does not suffice. */
function isTooLarge(payload: unknown): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(payload ?? null)) > LIMITS.messageBytes;
  } catch {
    return true;
  }
}

/** Serves the browsers' namespace: every message validated, limited and acknowledged. */
export function serveClients(namespace: Namespace, limits: ServerConfig['limits'], deps: ClientDeps): void {
  namespace.on('connection', socket => {
    if (namespace.sockets.size > limits.sockets) {
      socket.disconnect(true);
      return;
    }
    serveClient(socket, limits, deps);
  });
}

function serveClient(socket: Socket, limits: ServerConfig['limits'], deps: ClientDeps): void {
  const address = deps.addressOf?.(socket.request) ?? '';
  const session = new ClientSession(
    {
      notify: (name, payload) => socket.emit(name, payload),
      dismiss: () => socket.disconnect(true),
      address,
      renames: new RateLimit(limits.renamesPerMinute / 60, limits.renamesPerMinute, performance.now()),
    },
    animationSink(socket, deps.metrics),
    deps,
  );
  const requestRate = new RateLimit(limits.requestsPerSecond, limits.requestsPerSecond * 3, performance.now());
  const messageRate = new RateLimit(
    limits.messagesPerSecond,
    Math.max(5, limits.messagesPerSecond * 3),
    performance.now(),
  );
  const flood = new RateLimit(
    limits.requestsPerSecond * FLOOD,
    limits.requestsPerSecond * FLOOD * 3,
    performance.now(),
  );
  let outsideRooms = 0;
  const joinTimer = setInterval(() => {
    outsideRooms = session.room !== undefined ? 0 : outsideRooms + 1;
    if (outsideRooms >= JOIN_CHECKS) socket.disconnect(true);
  }, JOIN_WITHIN_MS / JOIN_CHECKS);

  const take = (rate: RateLimit): void => {
    if (rate.take(performance.now())) return;
    deps.metrics.limits.refused({ scope: 'socket', surface: 'signaling' });
    throw new RequestError('rate-limited', 'That was too much at once. Please wait a moment.', {
      retryable: true,
      retryAfterMs: rate.waitMs,
    });
  };

  const answer = async (name: string, payload: unknown): Promise<Reply<unknown>> => {
    try {
      if (!isRequest(name)) throw new RequestError('bad-request', 'There is no such request.');
      take(requestRate);
      if (name === 'say') take(messageRate);
      if (isTooLarge(payload)) throw new RequestError('bad-request', 'This request is too large.');
      const parsed = (requests[name].input as ZodType).safeParse(payload);
      if (!parsed.success) {
        // Whatever it is meant to be, it is for those who are in a room.
        if (name !== 'join' && session.room === undefined) throw new RequestError('not-joined', 'Join a room first.');
        const [issue] = parsed.error.issues;
        throw new RequestError(
          'bad-request',
          `${name}: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'malformed'}`,
        );
      }
      // What could not be done anyway is no request of the room's.
      if (session.room !== undefined) deps.sharedLimits.room(session.room);
      if (name === 'join') deps.sharedLimits.join((parsed.data as RequestParsed<'join'>).token);
      if (name === 'say') deps.sharedLimits.text(address, (parsed.data as RequestParsed<'say'>).text);
      const data = await session.handle(name, parsed.data as never);
      if ((data as Partial<RequestOutput<'join'>>).resumed === true) deps.metrics.rooms.reconnected('resumed');
      return { ok: true, data };
    } catch (error) {
      const wire = wireError(error, deps.log);
      deps.metrics.signaling.refused.inc({ code: wire.code });
      if (name === 'join') deps.metrics.rooms.notJoined(wire.code);
      return { ok: false, error: wire };
    }
  };

  socket.onAny((name: string, ...args: unknown[]) => {
    if (!flood.take(performance.now())) {
      deps.log.warn({ socket: socket.id }, 'a browser that floods the server is disconnected');
      socket.disconnect(true);
      return;
    }
    const acknowledge = args.at(-1);
    if (typeof acknowledge !== 'function') {
      deps.metrics.signaling.refused.inc({ code: 'bad-request' });
      return;
    }
    void answer(name, args.length > 1 ? args[0] : {}).then(reply => acknowledge(reply));
  });
  socket.on('disconnect', () => {
    clearInterval(joinTimer);
    session.lost();
    // Without a namespace the connection serves nothing any more.
    socket.conn.close();
  });
}
