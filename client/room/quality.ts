/** How good the connection is, and the numbers behind the word. */
export type Quality = {
  level: 'unknown' | 'good' | 'fair' | 'poor';
  rttMs?: number;
  /** 0..1 over the last seconds, the worse of both directions. */
  loss?: number;
};

/** Counters of one direction at one moment, as `getStats` gives them. */
export type Counters = { lost: number; received: number; rttMs?: number; remoteLoss?: number };

/** Adds up what matters of a transport's statistics. */
export function readCounters(report: Iterable<Record<string, unknown>>): Counters {
  const counters: Counters = { lost: 0, received: 0 };
  for (const stat of report) {
    const { type } = stat;
    if (type === 'inbound-rtp') {
      counters.lost += Number(stat.packetsLost ?? 0);
      counters.received += Number(stat.packetsReceived ?? 0);
    } else if (type === 'candidate-pair' && stat.nominated === true && typeof stat.currentRoundTripTime === 'number') {
      counters.rttMs = stat.currentRoundTripTime * 1000;
    } else if (type === 'remote-inbound-rtp' && typeof stat.fractionLost === 'number') {
      counters.remoteLoss = Math.max(counters.remoteLoss ?? 0, stat.fractionLost);
    }
  }
  return counters;
}

const POOR = { rttMs: 600, loss: 0.1, score: 3 };
const FAIR = { rttMs: 250, loss: 0.03, score: 6 };

/** Judges two readings of the counters and the server's scores (0..10) of single streams. */
export function assess(before: Counters, now: Counters, scores: readonly number[]): Quality {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const inbound = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(inbound, now.remoteLoss ?? 0);
  const score = Math.min(10, ...scores);
  const rttMs = now.rttMs;
  const beyond = (limit: typeof POOR) => (rttMs ?? 0) > limit.rttMs || loss > limit.loss || score <= limit.score;
  return { level: beyond(POOR) ? 'poor' : beyond(FAIR) ? 'fair' : 'good', rttMs, loss };
}
