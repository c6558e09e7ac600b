import { AggregatorRegistry, Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { limitMetrics } from '../limits/metrics.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import { callMetrics } from './calls.ts';
import { liveKitMetrics } from './livekit.ts';
import { ownVoiceMetrics } from './own-voices.ts';
import { processMetrics } from './processes.ts';
import { ratingMetrics } from './ratings.ts';
import { receptionMetrics } from './receptions.ts';
import { storeMetrics } from './store.ts';
import { streamMetrics } from './streams.ts';
import { turnMetrics } from './turns.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every figure of the server, one group per subject. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'visavis_server_' });
  const rooms = callMetrics(registers);
  const ownVoices = ownVoiceMetrics(registers);
  const ratings = ratingMetrics(registers);
  const turns = turnMetrics(registers);
  const receptions = receptionMetrics(registers);
  return {
    registry,
    rooms,
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
    liveKit: liveKitMetrics(registers),
    turns,
    receptions,
    ratings,
    ownVoices,
    streams: streamMetrics(registers),
    store: storeMetrics(registers),
    process: processMetrics(registers),
    /** What is counted of rooms by listening to them. */
    listener: {
      left: (_room, _identity, reason) => {
        if (reason === 'lost') rooms.reconnected('lost');
      },
      timed: (room, timing, trace) => turns.observe(timing, trace, room.speakerOf(timing.turnId)?.reception),
      received: (_room, seat, reception) => receptions.observe(seat, reception),
    } satisfies Partial<RoomListener>,
  };
}

/** The server's and all hosts' figures in Prometheus' text format; hosts' are summed, or as each says. */
export async function exposition(own: Registry, hosts: readonly unknown[][]): Promise<string> {
  const ownText = await own.metrics();
  if (hosts.length === 0) return ownText;
  return `${ownText}\n${await AggregatorRegistry.aggregate([...hosts]).metrics()}`;
}
