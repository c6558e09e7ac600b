import { z } from 'zod';
import { TurnTiming } from './conversation.ts';

/** What may happen in a turn, in the order in which it usually begins; the same names everywhere it is told. */
export const SpanName = z.enum([
  /** The person speaks; ends with their last sound. */
  'utterance',
  /** Waiting whether that was all. */
  'endpointing',
  /** The last reading of their words. */
  'asr',
  /** What the dialogue is given is put together. */
  'memory',
  /** From asking the dialogue to its first word. */
  'first-token',
  /** From there to the first whole sentence. */
  'first-sentence',
  /** One sentence is made into speech. */
  'tts',
  /** From the first speech at hand to the first picture of the speaking mouth on the wire. */
  'first-frame',
  /** The answer goes out. */
  'playout',
  /** From when somebody spoke over it to when it was given up. */
  'cut',
]);
export type SpanName = z.infer<typeof SpanName>;

/** Of a very long answer the later sentences are not traced one by one [C2]. */
export const TRACE_LIMITS = { spans: 64, sentences: 40 } as const;

export const TurnSpan = z.object({
  name: SpanName,
  /** Relative to the end of the person's speech; negative: before it. */
  startMs: z.number(),
  durationMs: z.number().min(0),
  /** Of `tts`: from its start to its first sound. */
  firstSoundMs: z.number().min(0).optional(),
});
export type TurnSpan = z.infer<typeof TurnSpan>;

/** One turn explained: what was done when. It holds no word of what was said [P1]. */
export const TurnTrace = TurnTiming.omit({ stages: true }).extend({
  /** The end of the person's speech, Unix time, ms: 0 of the spans. */
  atMs: z.number(),
  /** The answer came out of the cache. */
  cached: z.boolean(),
  /** It was paused for what turned out to be no interruption. */
  resumed: z.boolean(),
  spans: z.array(TurnSpan).max(TRACE_LIMITS.spans),
});
export type TurnTrace = z.infer<typeof TurnTrace>;
