import type { Feedback } from './rtp/wire.ts';

type Report = Extract<Feedback, { type: 'loss' }>;

/** Seconds from the NTP epoch (1900) to the Unix epoch. */
const NTP_UNIX_OFFSET = 2_208_988_800;
const UNITS_PER_MS = 65.536;
/** More is no round trip but a clock that was set. */
const LONGEST_MS = 60_000;

/** How our streams arrive at the router, as its receiver reports say. */
export class Reception {
  readonly lost = new Map<number, number>();
  /** Of the last report that told it. */
  roundTripMs = 0;

  /** @param unixMs when it came, by the clock of our sender reports */
  report({ ssrc, lost, lastReport, delay }: Report, unixMs: number): void {
    this.lost.set(ssrc, Math.max(this.lost.get(ssrc) ?? 0, lost));
    // No sender report has arrived there yet.
    if (lastReport === 0) return;
    const nowUnits = Math.floor((unixMs / 1000 + NTP_UNIX_OFFSET) * 65_536) % 2 ** 32;
    const tripMs = ((nowUnits - lastReport - delay) | 0) / UNITS_PER_MS;
    if (tripMs > -1 && tripMs < LONGEST_MS) this.roundTripMs = Math.max(0, tripMs);
  }
}
