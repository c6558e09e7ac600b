import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Reception } from '../../protocol/reception.ts';

/** One report is noise; this share of each counts towards the smoothed offset. */
const SMOOTHING = 0.3;
/** Reports until the smoothed offset has settled; drift is counted from there. */
const SETTLED = 6;
/** Pages tell something while the avatar speaks; who has told nothing for so long is not there any more. */
const SILENT_MS = 10 * 60_000;

interface Heard {
  atMs: number;
  reports: number;
  aheadMs: number;
  settledMs: number;
}

/** How the avatar arrives at the pages, as they tell. */
export function receptionMetrics(registers: Registry[], nowMs = () => performance.now()) {
  const delay = new Histogram({
    name: 'visavis_playout_delay_seconds',
    help: 'From a packet’s arrival at a page to its being heard, as pages report',
    buckets: [0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2],
    registers,
  });
  const offset = new Histogram({
    name: 'visavis_av_offset_seconds',
    help: 'How far the avatar’s voice and picture are apart where they are played, as pages report',
    labelNames: ['ahead'],
    buckets: [0.005, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.125, 0.2, 0.5],
    registers,
  });
  const heard = new Map<object, Heard>();
  new Gauge({
    name: 'visavis_av_drift_seconds',
    help: 'How far voice and picture have moved against each other since a page’s first minute; the page it is worst at',
    registers,
    collect() {
      for (const [page, { atMs }] of heard) if (nowMs() - atMs > SILENT_MS) heard.delete(page);
      const drifts = [...heard.values()].map(({ aheadMs, settledMs }) => Math.abs(aheadMs - settledMs) / 1000);
      this.set(Math.max(0, ...drifts));
    },
  });
  return {
    /** @param page who reports: the same object each time */
    observe(page: object, { playoutDelayMs, voiceAheadMs }: Reception): void {
      delay.observe(playoutDelayMs / 1000);
      if (voiceAheadMs === undefined) return;
      offset.observe({ ahead: voiceAheadMs >= 0 ? 'voice' : 'picture' }, Math.abs(voiceAheadMs) / 1000);
      const before = heard.get(page) ?? { reports: 0, aheadMs: voiceAheadMs, settledMs: 0 };
      const aheadMs = before.aheadMs + SMOOTHING * (voiceAheadMs - before.aheadMs);
      const reports = before.reports + 1;
      heard.set(page, { atMs: nowMs(), reports, aheadMs, settledMs: reports <= SETTLED ? aheadMs : before.settledMs });
    },
  };
}
