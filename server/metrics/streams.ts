import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { StreamFigures } from '../rooms/room-control.ts';

/** What goes over the router's transports, from its streams' counters. */
export function streamMetrics(registers: Registry[]) {
  const labelNames = ['direction', 'peer', 'kind'];
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
  const packets = counter('visavis_stream_packets_total', 'RTP packets, as the router counts them');
  const bytes = counter('visavis_stream_bytes_total', 'Bytes of RTP, as the router counts them');
  const lost = counter('visavis_stream_lost_packets_total', 'RTP packets that did not arrive');
  const jitter = new Gauge({
    name: 'visavis_stream_jitter_seconds',
    help: 'Interarrival jitter of the worst stream when streams were last looked at',
    labelNames,
    registers,
  });
  const roundTrip = new Histogram({
    name: 'visavis_stream_round_trip_seconds',
    help: 'Round trips between the router and its peers, as streams are looked at',
    labelNames: ['peer'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2],
    registers,
  });
  const before = new Map<string, StreamFigures>();
  return {
    /** @param present ids of all streams there are; `sampled` may be some of them */
    observe(sampled: readonly StreamFigures[], present: ReadonlySet<string>): void {
      jitter.reset();
      const worst = new Map<string, number>();
      for (const stream of sampled) {
        const { id, direction, peer, kind, jitterMs, roundTripMs } = stream;
        const labels = { direction, peer, kind };
        const grown = (key: 'packets' | 'bytes' | 'lost') => Math.max(0, stream[key] - (before.get(id)?.[key] ?? 0));
        packets.inc(labels, grown('packets'));
        bytes.inc(labels, grown('bytes'));
        lost.inc(labels, grown('lost'));
        before.set(id, stream);
        if (roundTripMs !== undefined) roundTrip.observe({ peer }, roundTripMs / 1000);
        if (jitterMs === undefined) continue;
        const key = `${direction} ${peer} ${kind}`;
        worst.set(key, Math.max(jitterMs, worst.get(key) ?? 0));
        jitter.set(labels, worst.get(key)! / 1000);
      }
      for (const id of before.keys()) if (!present.has(id)) before.delete(id);
    },
  };
}
