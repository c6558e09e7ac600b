/** Process that speaks with Kokoro's voices, one piece of a sentence at a time. Its parent watches it. */
import fs from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { gainOfDb, levelled, VOICE_LUFS } from '../../speak/level.ts';
import { integratedLufs } from '../../speak/lufs.ts';
import { WordReader } from '../hibari/phones/word-reader.ts';
import type { KokoroAnswer, KokoroRequest } from './messages.ts';
import { KOKORO_MODEL, KOKORO_READER, KOKORO_VOICE } from './voices.ts';

const SAMPLE_RATE = 24_000;
/** Of a voice's file: a style of so many figures for each count of symbols. */
const STYLE = 256;
const STYLES = 510;
/** Softer than this is silence; what is kept of it on either side. */
const SILENT = 0.01;
const LEAD = SAMPLE_RATE * 0.03;
const TRAIL = SAMPLE_RATE * 0.12;
/** Shorter pieces do not tell how loud a voice is. */
const TELLING = SAMPLE_RATE;
const USUAL_GAIN = gainOfDb(4);
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
};

const models = process.argv[2]!;
const voices = new Map<string, Float32Array>();
/** What brings each voice to the loudness of all. */
const gains = new Map<string, number>();
const loaded = (async () => ({
  reader: await WordReader.load(path.join(models, KOKORO_READER), OPTIONS),
  session: await InferenceSession.create(path.join(models, KOKORO_MODEL), OPTIONS),
}))();

process.on('message', async ({ id, request }: WorkerRequest<KokoroRequest>) => {
  const reply = (answer: WorkerReply<KokoroAnswer>) => process.send?.(answer);
  try {
    reply({ id, answer: { pcm: await spoken(request) } });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));

async function spoken({ words, voice, rate }: KokoroRequest): Promise<Int16Array> {
  const { reader, session } = await loaded;
  const sounded = (await reader.symbolsOf(words)).slice(0, STYLES - 1);
  if (!sounded.some(({ symbol }) => /\p{L}/u.test(symbol))) return new Int16Array(0);
  const symbols = sounded.map(({ symbol }) => reader.symbols[symbol]!);
  const { audio } = await session.run({
    tokens: new Tensor('int64', BigInt64Array.from([0, ...symbols, 0], BigInt), [1, symbols.length + 2]),
    style: new Tensor('float32', styleOf(voice, symbols.length), [1, STYLE]),
    speed: new Tensor('float32', [rate], [1]),
  });
  const samples = trimmed(audio!.data as Float32Array);
  return levelled(samples, gainOf(voice, samples));
}

function styleOf(name: string, count: number): Float32Array {
  let styles = voices.get(name);
  if (styles === undefined) {
    const file = fs.readFileSync(path.join(models, KOKORO_VOICE(name)));
    if (file.length !== 4 * STYLE * STYLES) throw new Error(`the file of the voice ${name} is not whole`);
    styles = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    voices.set(name, styles);
  }
  return styles.slice(count * STYLE, (count + 1) * STYLE);
}

/** By the first that it says which is long enough: it is as loud from then on. */
function gainOf(voice: string, samples: Float32Array): number {
  const known = gains.get(voice);
  if (known !== undefined || samples.length < TELLING) return known ?? USUAL_GAIN;
  const gain = USUAL_GAIN * gainOfDb(VOICE_LUFS - integratedLufs(levelled(samples, USUAL_GAIN), SAMPLE_RATE));
  gains.set(voice, gain);
  return gain;
}

function trimmed(samples: Float32Array): Float32Array {
  const first = samples.findIndex(sample => Math.abs(sample) > SILENT);
  if (first < 0) return new Float32Array(0);
  const last = samples.findLastIndex(sample => Math.abs(sample) > SILENT);
  return samples.subarray(Math.max(0, first - LEAD), last + TRAIL);
}
