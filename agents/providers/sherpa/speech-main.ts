/** Process that speaks with voices that somebody has, one piece of a sentence at a time. Its parent watches it. */
import { createRequire } from 'node:module';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { gainOfDb, levelled, VOICE_LUFS } from '../../speak/level.ts';
import { integratedLufs } from '../../speak/lufs.ts';
import type { SpeechAnswer, SpeechRequest } from './messages.ts';
import type { OwnVoice } from './voices.ts';

interface OfflineTts {
  generate(wish: { text: string; sid: number; speed: number; enableExternalBuffer: boolean }): {
    samples: Float32Array;
    sampleRate: number;
  };
}
interface Sherpa {
  OfflineTts: new (config: object) => OfflineTts;
}

/** Models that are loaded at a time: some 100 MB each. */
const MOST_LOADED = 2;
/** Softer than this is silence; what is kept of it on either side, seconds. */
const SILENT = 0.01;
const LEAD_S = 0.03;
const TRAIL_S = 0.12;

const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
const loaded = new Map<string, OfflineTts>();
/** What brings each voice to the loudness of all, by the first that it says which is long enough. */
const gains = new Map<string, number>();

process.on('message', ({ id, request }: WorkerRequest<SpeechRequest>) => {
  const reply = (answer: WorkerReply<SpeechAnswer>) => process.send?.(answer);
  try {
    reply({ id, answer: spoken(request) });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));

function spoken({ text, voice, rate }: SpeechRequest): SpeechAnswer {
  const wish = { text, sid: voice.speaker, speed: rate, enableExternalBuffer: false };
  const { samples, sampleRate } = modelOf(voice).generate(wish);
  const heard = trimmed(samples, sampleRate);
  return { pcm: levelled(heard, gainOf(voice, heard, sampleRate)), sampleRate };
}

function modelOf(voice: OwnVoice): OfflineTts {
  const { family, model, tokens, data: dataDir } = voice;
  const known = loaded.get(model);
  if (known !== undefined) return known;
  const own = { model, tokens, dataDir, ...(family === 'kitten' && { voices: voice.voices }) };
  const made = new sherpa.OfflineTts({
    model: { ...(family === 'piper' ? { vits: own } : { kitten: own }), numThreads: 1, provider: 'cpu', debug: 0 },
    maxNumSentences: 1,
  });
  const [oldest] = loaded.keys();
  if (loaded.size >= MOST_LOADED && oldest !== undefined) loaded.delete(oldest);
  loaded.set(model, made);
  return made;
}

function gainOf({ model, speaker }: OwnVoice, samples: Float32Array, sampleRate: number): number {
  const voice = `${speaker} ${model}`;
  const known = gains.get(voice);
  if (known !== undefined || samples.length < sampleRate) return known ?? 1;
  const gain = gainOfDb(VOICE_LUFS - integratedLufs(levelled(samples, 1), sampleRate));
  gains.set(voice, gain);
  return gain;
}

function trimmed(samples: Float32Array, sampleRate: number): Float32Array {
  const first = samples.findIndex(sample => Math.abs(sample) > SILENT);
  if (first < 0) return new Float32Array(0);
  const last = samples.findLastIndex(sample => Math.abs(sample) > SILENT);
  return samples.slice(Math.max(0, first - Math.round(LEAD_S * sampleRate)), last + Math.round(TRAIL_S * sampleRate));
}
