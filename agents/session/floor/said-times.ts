/** A stretch of the session's clock, ms. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** When somebody said what a turn answers, ms on the session's clock. */
export interface SaidTimes {
  /** Absent: it was not spoken. */
  speechStartMs?: number;
  speechEndMs: number;
  endpointMs: number;
  /** The reading that was taken. */
  asr?: Stretch;
}

/** What was not spoken but typed, or is nobody's. */
export const saidAt = (nowMs: number): SaidTimes => ({ speechEndMs: nowMs, endpointMs: nowMs });
