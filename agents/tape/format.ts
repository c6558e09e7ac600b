/**
 * A recording on disk: a folder with `recording.json` (what it is of), `events.jsonl` (what happened, in order) and, for
 * each person, `person-N.pcm` (16 kHz, mono, signed 16 bit, little-endian) with `person-N.index`, which says of every
 * stretch when it arrived. Times are ms on the session's clock, from the start of the recording.
 */
import { z } from 'zod';
import { LogEntry } from '../../protocol/conversation.ts';
import { TurnTrace } from '../../protocol/trace.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';

export const RECORDING_VERSION = 1;
/** Files of a recording. */
export const FILES = {
  manifest: 'recording.json',
  events: 'events.jsonl',
  audio: (person: number) => `person-${person}.pcm`,
  index: (person: number) => `person-${person}.index`,
} as const;

/** What a recording is of. */
export const Manifest = z.object({
  version: z.literal(RECORDING_VERSION, `another version than ${RECORDING_VERSION}`),
  conversation: z.uuid(),
  persona: z.string(),
  /** BCP 47, where it is known. */
  language: z.string().optional(),
  /** Who listened, answered and spoke, without addresses and keys. */
  setup: z.object({ dialogue: z.string(), speech: z.string() }),
  /** Of the settings that bear upon answers: two recordings with the same one were made alike. */
  configDigest: z.string(),
  /** Identity of the avatar in the room. */
  avatar: z.string(),
  startedUnixMs: z.number(),
});
export type Manifest = z.infer<typeof Manifest>;

const ms = z.number().min(0);

/** What came in, and how it was taken: `said` and `turn` are what a replay is compared with. */
export const RecordedEvent = z.discriminatedUnion('type', [
  /** Somebody is recorded from here on; `person` is the number in their files' names. */
  z.object({ ms, type: z.literal('joined'), person: z.number().int().min(0), identity: z.string(), name: z.string() }),
  /** They left, or are not recorded any more. */
  z.object({ ms, type: z.literal('left'), identity: z.string() }),
  z.object({ ms, type: z.literal('listen'), identity: z.string() }),
  z.object({ ms, type: z.literal('unlisten'), identity: z.string() }),
  z.object({ ms, type: z.literal('typed'), entry: LogEntry }),
  /** The first person can hear the avatar, and is greeted by this name. */
  z.object({ ms, type: z.literal('greet'), name: z.string() }),
  /** Final words, of a person or of the avatar as far as they were heard. */
  z.object({ ms, type: z.literal('said'), entry: LogEntry }),
  z.object({ ms, type: z.literal('turn'), trace: TurnTrace }),
]);
export type RecordedEvent = z.infer<typeof RecordedEvent>;

/** An entry of the index: when a stretch of audio arrived, how long it is, and whether its samples are in the file. */
export interface Stretch {
  ms: number;
  samples: number;
  /** False: silence that was not transmitted. */
  audible: boolean;
}

/** Bytes of an index entry: the time as a double, then the samples, negative where there is nothing in the file. */
const ENTRY_BYTES = 12;

export function encodeStretch({ ms: atMs, samples, audible }: Stretch): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeDoubleLE(atMs, 0);
  entry.writeInt32LE(audible ? samples : -samples, 8);
  return entry;
}

/** An entry that was not written to its end is left out. */
export function decodeStretches(index: Buffer): Stretch[] {
  return Array.from({ length: Math.floor(index.length / ENTRY_BYTES) }, (_, i) => {
    const samples = index.readInt32LE(i * ENTRY_BYTES + 8);
    return { ms: index.readDoubleLE(i * ENTRY_BYTES), samples: Math.abs(samples), audible: samples > 0 };
  });
}

/** A recording cannot be read; the message says which file, and what is wrong with it. */
export class RecordingError extends OperatorError {
  override name = 'RecordingError';
}
