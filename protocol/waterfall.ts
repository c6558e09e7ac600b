/** A turn's trace as a picture: rows on one time axis. For the page and the terminal; imports types only. */
import type { SpanName, TurnSpan, TurnTrace } from './trace.ts';

/** Of what the person said only the end matters; of the answer its beginning. */
const BEFORE_MS = 300;
const AFTER_MS = 300;
const SHORTEST_MS = 600;

/** One step on the axis. */
export interface WaterfallRow {
  name: SpanName;
  /** Of `tts`: which sentence, from 1 on. */
  sentence?: number;
  startMs: number;
  durationMs: number;
  /** Both ends on the axis, 0..1; what lies beyond it is cut off. */
  from: number;
  to: number;
}

export interface Waterfall {
  rows: WaterfallRow[];
  /** Where the end of speech and the first sound of the answer are on the axis, 0..1. */
  speechEnd: number;
  firstSound: number;
}

/** @param sentences steps of so many sentences are shown */
export function waterfallOf(
  { spans, voiceToVoiceMs }: Pick<TurnTrace, 'spans' | 'voiceToVoiceMs'>,
  sentences = Number.POSITIVE_INFINITY,
): Waterfall {
  const lastMs = Math.max(SHORTEST_MS, voiceToVoiceMs + AFTER_MS);
  const place = (ms: number) => Math.min(1, Math.max(0, (ms + BEFORE_MS) / (lastMs + BEFORE_MS)));
  let sentence = 0;
  const row = ({ name, startMs, durationMs }: TurnSpan): WaterfallRow => ({
    name,
    ...(name === 'tts' && { sentence: ++sentence }),
    startMs,
    durationMs,
    from: place(startMs),
    to: place(startMs + durationMs),
  });
  return {
    rows: spans.map(row).filter(each => (each.sentence ?? 0) <= sentences),
    speechEnd: place(0),
    firstSound: place(voiceToVoiceMs),
  };
}
