import { Counter, Gauge, type Registry } from 'prom-client';
import type { ErrorCode } from '../../protocol/errors.ts';

/** Rooms, who is in them, and how they get there. */
export function callMetrics(registers: Registry[]) {
  const failures = new Counter({
    name: 'visavis_join_failures_total',
    help: 'People who did not get into a room, by cause',
    labelNames: ['cause'],
    registers,
  });
  const reconnections = new Counter({
    name: 'visavis_reconnections_total',
    help: 'People whose connection was lost, by whether they came back to their seat',
    labelNames: ['outcome'],
    registers,
  });
  return {
    open: new Gauge({ name: 'visavis_rooms', help: 'Rooms that are open', registers }),
    participants: new Gauge({
      name: 'visavis_participants',
      help: 'People in rooms',
      labelNames: ['presence'],
      registers,
    }),
    connections: new Gauge({ name: 'visavis_connections', help: 'Browsers connected', registers }),
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
    notJoined: (cause: ErrorCode) => failures.inc({ cause }),
    reconnected: (outcome: 'resumed' | 'lost') => reconnections.inc({ outcome }),
  };
}
