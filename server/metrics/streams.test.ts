import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StreamFigures } from '../rooms/room-control.ts';
import { streamMetrics } from './streams.ts';

const stream = (id: string, over: Partial<StreamFigures> = {}): StreamFigures => ({
  ...{ id, direction: 'received', peer: 'person', kind: 'audio', packets: 100, bytes: 8000, lost: 2 },
  ...over,
});

let registry: Registry;
let streams: ReturnType<typeof streamMetrics>;
beforeEach(() => {
  registry = new Registry();
  streams = streamMetrics([registry]);
});
const LABELS = '{direction="received",peer="person",kind="audio"}';
const text = () => registry.metrics();

describe('the figures of streams', () => {
  it('grow by what came since a stream was last looked at, whoever else was meanwhile', async () => {
    const present = new Set(['a', 'b']);
    streams.observe([stream('a')], present);
    streams.observe([stream('b', { packets: 10, lost: 0 })], present);
    streams.observe([stream('a', { packets: 150, lost: 5 })], present);
    expect(await text()).toContain(`visavis_stream_packets_total${LABELS} 160`);
    expect(await text()).toContain(`visavis_stream_lost_packets_total${LABELS} 5`);
  });

  it('never shrink: a stream of the same id that begins anew, or takes back what it counted as lost', async () => {
    streams.observe([stream('a')], new Set(['a']));
    streams.observe([stream('a', { lost: 1 })], new Set(['a']));
    expect(await text()).toContain(`visavis_stream_lost_packets_total${LABELS} 2`);
    streams.observe([], new Set());
    streams.observe([stream('a', { packets: 5, lost: 0 })], new Set(['a']));
    expect(await text()).toContain(`visavis_stream_packets_total${LABELS} 105`);
  });

  it('have the worst jitter of the last look, and every round trip', async () => {
    const present = new Set(['a', 'b']);
    streams.observe([stream('a', { jitterMs: 30 }), stream('b', { jitterMs: 4, roundTripMs: 25 })], present);
    expect(await text()).toContain(`visavis_stream_jitter_seconds${LABELS} 0.03`);
    expect(await text()).toContain('visavis_stream_round_trip_seconds_sum{peer="person"} 0.025');
    streams.observe([stream('b', { jitterMs: 4 })], present);
    expect(await text()).toContain(`visavis_stream_jitter_seconds${LABELS} 0.004`);
  });
});
