import type { RECEPTION_EVERY_MS, Reception } from '../../protocol/reception.ts';

// Written out, not imported: importing the value would bring the schema library into the page.
export const REPORT_EVERY_MS: typeof RECEPTION_EVERY_MS = 10_000;

/** What the browser's statistics say of the avatar at one moment. */
export type ReceptionCounters = {
  bufferedS: number;
  bufferedSamples: number;
  outputS: number;
  outputSamples: number;
  /** What is heard and seen at this moment, by the avatar's clock. */
  heardMs?: number;
  seenMs?: number;
};

type Tracks = { audio?: string; video?: string };

/** @param tracks ids of the avatar's */
export function readReception(report: Iterable<Record<string, unknown>>, tracks: Tracks): ReceptionCounters {
  const counters: ReceptionCounters = { bufferedS: 0, bufferedSamples: 0, outputS: 0, outputSamples: 0 };
  const played = (stat: Record<string, unknown>) =>
    typeof stat.estimatedPlayoutTimestamp === 'number' ? stat.estimatedPlayoutTimestamp : undefined;
  for (const stat of report) {
    if (stat.type === 'media-playout') {
      counters.outputS = Number(stat.totalPlayoutDelay ?? 0);
      counters.outputSamples = Number(stat.totalSamplesCount ?? 0);
    } else if (stat.type !== 'inbound-rtp' || stat.trackIdentifier === undefined) continue;
    else if (stat.trackIdentifier === tracks.audio) {
      counters.bufferedS = Number(stat.jitterBufferDelay ?? 0);
      counters.bufferedSamples = Number(stat.jitterBufferEmittedCount ?? 0);
      counters.heardMs = played(stat);
    } else if (stat.trackIdentifier === tracks.video) counters.seenMs = played(stat);
  }
  return counters;
}

/** A second of the voice between two readings: less is silence, whose few packets lie in the buffer for as long as they like. */
const LEAST_SAMPLES = 48_000;

const bounded = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** What to tell of two readings; undefined where the avatar hardly spoke between them. */
export function receptionOf(
  before: ReceptionCounters,
  now: ReceptionCounters,
  roundTripMs: number | undefined,
): Reception | undefined {
  const samples = now.bufferedSamples - before.bufferedSamples;
  if (samples < LEAST_SAMPLES) return undefined;
  const outputSamples = now.outputSamples - before.outputSamples;
  const delayS =
    (now.bufferedS - before.bufferedS) / samples +
    (outputSamples > 0 ? (now.outputS - before.outputS) / outputSamples : 0);
  const { heardMs, seenMs } = now;
  return {
    playoutDelayMs: bounded(delayS * 1000, 0, 5000),
    ...(roundTripMs !== undefined && { roundTripMs: bounded(roundTripMs, 0, 10_000) }),
    ...(heardMs !== undefined && seenMs !== undefined && { voiceAheadMs: bounded(heardMs - seenMs, -5000, 5000) }),
  };
}
