import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { Resampler } from '../speak/resample.ts';
import { SoundReader } from '../speak/sound-reader.ts';

/** Bytes that are worked on before others of this thread have their turn. */
const SLICE_BYTES = 128 * 1024;
const RATES: ReadonlySet<number> = new Set([16_000, 22_050, 24_000, 32_000, 44_100, 48_000]);
/** Below this nobody is heard: -40 dBFS. */
const LEAST_PEAK = 328;

/** A recording that can be used. */
export interface Recording {
  pcm: Int16Array;
  sampleRate: number;
  /** The same for those who listen, 16 kHz. */
  listened: Int16Array;
}

/** Why one cannot be. */
export type RecordingFault = 'not-audio' | 'too-short' | 'too-long' | 'too-quiet';

export interface RecordingBounds {
  minSeconds: number;
  maxSeconds: number;
  signal: AbortSignal;
}

const othersTurn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Reads a WAV file that a stranger sends, a little at a time. Rejects with the signal's reason only. */
export async function readRecording(
  file: Uint8Array,
  { minSeconds, maxSeconds, signal }: RecordingBounds,
): Promise<Recording | RecordingFault> {
  const reader = new SoundReader(LISTEN_RATE);
  try {
    for (let at = 0; at < file.length; at += SLICE_BYTES) {
      reader.add(file.subarray(at, at + SLICE_BYTES));
      if (reader.plain || (reader.sampleRate !== undefined && !RATES.has(reader.sampleRate))) return 'not-audio';
      if (reader.seconds > maxSeconds) return 'too-long';
      await othersTurn();
      signal.throwIfAborted();
    }
    reader.end();
  } catch (error) {
    if (error instanceof ProviderError) return 'not-audio';
    throw error;
  }
  const { sampleRate } = reader;
  if (reader.plain || sampleRate === undefined) return 'not-audio';
  if (reader.seconds < minSeconds) return 'too-short';
  const pcm = reader.take(0);
  if (!pcm.some(sample => Math.abs(sample) > LEAST_PEAK)) return 'too-quiet';
  return { pcm, sampleRate, listened: await listenedTo(pcm, sampleRate, signal) };
}

async function listenedTo(pcm: Int16Array, sampleRate: number, signal: AbortSignal): Promise<Int16Array> {
  if (sampleRate === LISTEN_RATE) return pcm;
  const resampler = new Resampler(sampleRate, LISTEN_RATE);
  const parts: Int16Array[] = [];
  for (let at = 0; at < pcm.length; at += SLICE_BYTES / 2) {
    parts.push(resampler.push(pcm.subarray(at, at + SLICE_BYTES / 2)));
    await othersTurn();
    signal.throwIfAborted();
  }
  parts.push(resampler.flush());
  const all = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
