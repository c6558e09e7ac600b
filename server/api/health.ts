import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../../protocol/errors.ts';
import { Health, MetricsSummary } from '../../protocol/rest.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { sameSecret } from '../auth/secrets.ts';
import { misdirected } from '../limits/front.ts';
import { namesUs } from '../limits/hostnames.ts';
import { exposition } from '../metrics/metrics.ts';
import { summaryOf } from '../metrics/summary.ts';
import type { ApiDeps } from './deps.ts';

/** How long a scrape waits for an agent host's figures. */
const HOST_METRICS_TIMEOUT_MS = 1000;
const SCRAPE_EVERY_MS = 1000;

/** What `GET /health` answers; `status` is `ok` only when a call could be held now. */
export function health({ engine, dispatcher, conversations, connections, draining }: ApiDeps): Health {
  const { hosts, ready, lacking } = dispatcher;
  const memory = process.memoryUsage();
  return {
    status: draining() ? 'draining' : ready && engine.healthy ? 'ok' : hosts.length === 0 ? 'starting' : 'degraded',
    timestamp: new Date().toISOString(),
    model_loaded: hosts.some(host => host.status.modelLoaded),
    avatar_ready: hosts.some(host => host.status.avatarReady),
    lacking: [...lacking],
    active_connections: connections(),
    storage: conversations?.state ?? 'off',
    memory: { rss_bytes: memory.rss, heap_used_bytes: memory.heapUsed },
  };
}

export function healthRoutes(app: FastifyInstance, deps: ApiDeps, config: Settings): void {
  const isOurs = namesUs(config);
  deps.routes.add(app, {
    method: 'get',
    path: '/health',
    tag: 'Watching',
    summary: 'Whether a call could be held now',
    description: '503 with the same body where it could not.',
    admission: 'nothing',
    answer: { status: 200, schema: Health },
    handle(_asked, _request, reply) {
      const body = health(deps);
      reply.status(body.status === 'ok' ? 200 : 503).header('Cache-Control', 'no-store');
      return body;
    },
  });

  let scrape: { figures: Promise<unknown[][]>; atMs: number } | undefined;
  deps.routes.add(app, {
    method: 'get',
    path: '/metrics',
    tag: 'Watching',
    summary: 'Figures for Prometheus',
    description: 'With `Accept: application/json` the few that people ask for first.',
    admission: 'metrics',
    admit(request) {
      const known = hasToken(request, config.metricsToken);
      // A page of a foreign name knows no token.
      if (!known && !isOurs(request.headers.host)) throw misdirected();
      if (!known && !isOnThisMachine(request))
        throw new RequestError(
          'forbidden',
          'Figures are read from this machine, or with the metrics token (VISAVIS_METRICS_TOKEN) as bearer.',
        );
    },
    answer: { status: 200, schema: MetricsSummary, media: ['text/plain', 'application/json'] },
    async handle(_asked, request, reply) {
      // Asking the hosts costs them a little: not more than once a second, whoever asks.
      if (scrape === undefined || performance.now() - scrape.atMs > SCRAPE_EVERY_MS)
        scrape = { figures: collect(deps), atMs: performance.now() };
      const { registry } = deps.metrics;
      const hosts = await scrape.figures;
      reply.header('Cache-Control', 'no-store').header('Vary', 'Accept');
      if (request.headers.accept?.includes('application/json') === true)
        return summaryOf([await registry.getMetricsAsJSON(), ...hosts], { connections: deps.connections() });
      return reply.header('Content-Type', registry.contentType).send(await exposition(registry, hosts));
    },
  });
}

/** What a proxy adds, the one or the other. */
const OF_PROXIES =
  /^(?:via|forwarded|x-forwarded(?:-[a-z]{1,20})?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip)$/;

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  const given = bearer(headers.authorization);
  return token !== undefined && given !== undefined && sameSecret(given, token);
}

function isOnThisMachine({ ip, headers }: FastifyRequest): boolean {
  // Whoever comes through a proxy of this machine is not on it.
  if (Object.keys(headers).some(name => OF_PROXIES.test(name))) return false;
  return ip === '::1' || /^(::ffff:)?127\./.test(ip);
}

/** The figures of all hosts that answer in time; the server's own are brought up to date. */
async function collect({ metrics, rooms, dispatcher, connections }: ApiDeps): Promise<unknown[][]> {
  metrics.rooms.open.set(rooms.all.length);
  metrics.rooms.connections.set(connections());
  const seats = rooms.all.flatMap(room => [...room.seats.values()]);
  for (const presence of ['here', 'reconnecting'] as const)
    metrics.rooms.participants.set({ presence }, seats.filter(seat => seat.presence === presence).length);
  for (const ready of [true, false])
    metrics.process.hosts.set({ ready: String(ready) }, dispatcher.hosts.filter(host => host.ready === ready).length);
  const asked = await Promise.allSettled(
    dispatcher.hosts.map(host => host.request('metrics', {}, HOST_METRICS_TIMEOUT_MS)),
  );
  return asked.flatMap(answer =>
    answer.status === 'fulfilled' && Array.isArray(answer.value) ? [answer.value as unknown[]] : [],
  );
}
