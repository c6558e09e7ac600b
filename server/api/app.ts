import type { Socket } from 'node:net';
import fastifyCors from '@fastify/cors';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Logger } from 'pino';
import { type ErrorCode, RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Tls } from '../config/tls.ts';
import { wireError } from '../doors/wire-error.ts';
import { SERVER_TIMES } from '../limits/connections.ts';
import { limitRequests } from '../limits/http.ts';
import { trustOf } from '../limits/proxies.ts';
import { refuseClientError } from './client-error.ts';
import { conversationRoutes } from './conversations.ts';
import type { ApiDeps } from './deps.ts';
import { docsRoutes } from './docs/routes.ts';
import { fileRoutes } from './files.ts';
import { healthRoutes } from './health.ts';
import { memoryRoutes } from './memories.ts';
import { servePage, withoutBase } from './page.ts';
import { portraitRoutes } from './portraits.ts';
import { ratingRoutes } from './ratings.ts';
import { Readers } from './readers.ts';
import { roomRoutes } from './rooms.ts';
import { headersFor } from './security-headers.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  unauthorized: 401,
  'token-expired': 401,
  forbidden: 403,
  'not-found': 404,
  misdirected: 421,
  'rate-limited': 429,
  'server-full': 503,
  'shutting-down': 503,
  unavailable: 503,
  internal: 500,
};

/** The HTTP application: page, REST, health and metrics. Not yet listening. */
export async function createApp(
  config: Settings,
  tls: Tls | undefined,
  log: Logger,
  deps: ApiDeps,
): Promise<FastifyInstance> {
  const headers = headersFor(config, tls);
  const { limits } = deps.metrics;
  // Fastify's type depends on TLS; everything here works alike on both.
  const app = fastify({
    bodyLimit: LIMITS.messageBytes,
    forceCloseConnections: true,
    rewriteUrl: (request: { url?: string }) => withoutBase(request.url ?? '/', config.basePath),
    trustProxy: trustOf(config.trustProxy),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') limits.connectionClosed('slow');
      refuseClientError(error, socket);
    },
    // An address that cannot be read, before there are any hooks.
    frameworkErrors: (error: Error & { statusCode?: number }, _request: unknown, reply: FastifyReply) =>
      sendError(reply.headers(headers), refused(error), log, error.statusCode),
    ...(tls === undefined ? { http: SERVER_TIMES } : { https: { ...tls, ...SERVER_TIMES } }),
  } as object) as unknown as FastifyInstance;

  app.addHook('onSend', async (_request, reply) => {
    // Some answers have stricter ones of their own.
    for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) deps.onRoute?.(`${each} ${url}`);
  });
  app.addHook('onResponse', async (_request, reply) => {
    deps.metrics.process.httpRequests.inc({ status: `${Math.floor(reply.statusCode / 100)}xx` });
  });
  if (config.corsOrigins.length > 0)
    await app.register(fastifyCors, { origin: config.corsOrigins, methods: ['GET', 'POST', 'PATCH', 'DELETE'] });
  limitRequests(app, config.limits, deps.gates);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const known = error.statusCode !== undefined && error.statusCode < 500 ? refused(error) : error;
    return sendError(reply, known, log, error.statusCode);
  });

  const { routes } = deps;
  healthRoutes(app, deps, config);
  roomRoutes(app, config, deps);
  ratingRoutes(app, config, deps);
  await fileRoutes(app, config, deps);
  const readers = new Readers(config, log, deps);
  conversationRoutes(app, routes, readers);
  memoryRoutes(app, config, readers, deps);
  await portraitRoutes(app, config, log, deps);
  docsRoutes(app, routes.all);

  const sendPage = await servePage(app, config.basePath);
  app.setNotFoundHandler((request, reply) => {
    if (sendPage?.(request, reply)) return reply;
    return sendError(reply, new RequestError('not-found', 'There is nothing at this address.'), log);
  });
  return app;
}

const refused = (error: Error) => new RequestError('bad-request', `The request was refused: ${error.message}`);

function sendError(reply: FastifyReply, error: unknown, log: Logger, status?: number): FastifyReply {
  const wire = wireError(error, log);
  const code = status !== undefined && status >= 400 && status < 500 ? status : (STATUS[wire.code] ?? 500);
  if (wire.retryAfterMs !== undefined) reply.header('Retry-After', Math.ceil(wire.retryAfterMs / 1000));
  return reply.status(code).send({ error: wire });
}
