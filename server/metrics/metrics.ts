import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { limitMetrics } from './limits.ts';
import { storeMetrics } from './store.ts';
import { turnMetrics } from './turns.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every figure of the server, one group per subject. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'visavis_server_' });
  return {
    registry,
    rooms: {
      open: new Gauge({ name: 'visavis_rooms', help: 'Rooms that are open', registers }),
      participants: new Gauge({
        name: 'visavis_participants',
        help: 'People in rooms',
        labelNames: ['presence'],
        registers,
      }),
      joins: new Counter({ name: 'visavis_joins_total', help: 'People who took a seat', registers }),
      ended: new Counter({
        name: 'visavis_rooms_ended_total',
        help: 'Rooms that ended, by reason',
        labelNames: ['reason'],
        registers,
      }),
      agentsLost: new Counter({
        name: 'visavis_agents_lost_total',
        help: 'Avatars whose host or job failed in mid-call',
        registers,
      }),
    },
    signaling: {
      refused: new Counter({
        name: 'visavis_requests_refused_total',
        help: 'Requests refused, by error code',
        labelNames: ['code'],
        registers,
      }),
    },
    animation: {
      events: new Counter({
        name: 'visavis_animation_events_total',
        help: 'Animation events for subscribers, by what became of them',
        labelNames: ['outcome'],
        registers,
      }),
    },
    limits: limitMetrics(registers),
    turns: turnMetrics(registers),
    store: storeMetrics(registers),
    process: {
      hosts: new Gauge({
        name: 'visavis_agent_hosts',
        help: 'Connected agent hosts',
        labelNames: ['ready'],
        registers,
      }),
      hostRestarts: new Counter({
        name: 'visavis_agent_host_restarts_total',
        help: 'Agent hosts that ended and were started again',
        registers,
      }),
      httpRequests: new Counter({
        name: 'visavis_http_requests_total',
        help: 'HTTP requests, by status class',
        labelNames: ['status'],
        registers,
      }),
    },
  };
}

/** The server's and all hosts' figures in Prometheus' text format; hosts' are summed. */
export async function exposition(own: Registry, hosts: unknown[]): Promise<string> {
  const ownText = await own.metrics();
  if (hosts.length === 0) return ownText;
  return `${ownText}\n${await AggregatorRegistry.aggregate(hosts as object[]).metrics()}`;
}
