/** Process that hears with a model that somebody has; a bad file ends it. Its parent watches it. */
import { createRequire } from 'node:module';
import type { WorkerReply, WorkerRequest } from '../../../base/worker-queue.ts';
import { configOf, isStreaming, takesLanguage } from './config.ts';
import type { EarsAnswer, EarsRequest, EarsStart } from './messages.ts';

const RATE = 16_000;
/** No word is so short, and models cannot take less. */
const SHORTEST = RATE / 10;
/** A streaming model reads in pieces; what is said last is read when silence follows it. */
const TAIL = new Float32Array(RATE * 0.6);

interface Stream {
  acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
}
interface Result {
  text: string;
  emotion?: string;
  event?: string;
}
interface Offline {
  createStream(): Stream;
  setConfig(config: object): void;
  decodeAsync(stream: Stream): Promise<Result>;
}
interface Online {
  createStream(): Stream;
  isReady(stream: Stream): boolean;
  decode(stream: Stream): void;
  reset(stream: Stream): void;
  getResult(stream: Stream): Result;
}
interface Sherpa {
  OfflineRecognizer: new (config: object) => Offline;
  OnlineRecognizer: new (config: object) => Online;
}

const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
const { files, threads } = JSON.parse(process.argv[2]!) as EarsStart;

const toFloat = (pcm: Int16Array): Float32Array => Float32Array.from(pcm, sample => sample / 32_768);

function whole(): (request: EarsRequest) => Promise<EarsAnswer> {
  const recognizer = new sherpa.OfflineRecognizer(configOf(files, { threads }));
  let spoken: string | undefined;
  return async request => {
    if (request.type !== 'read') throw new Error('it reads whole utterances');
    const { pcm, language } = request;
    if (pcm.length < SHORTEST) return { text: '' };
    if (takesLanguage(files) && language !== spoken) {
      recognizer.setConfig(configOf(files, { threads, language }));
      spoken = language;
    }
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: toFloat(pcm), sampleRate: RATE });
    const { text, emotion, event } = await recognizer.decodeAsync(stream);
    return { text: text.trim(), ...(emotion && { emotion }), ...(event && { event }) };
  };
}

function streaming(): (request: EarsRequest) => Promise<EarsAnswer> {
  const recognizer = new sherpa.OnlineRecognizer(configOf(files, { threads }));
  const streams = new Map<number, Stream>();
  return async request => {
    if (request.type === 'over') {
      streams.delete(request.id);
      return { text: '' };
    }
    if (request.type === 'read') throw new Error('it reads sound as it comes');
    const { id, pcm, flush } = request;
    const stream = streams.get(id) ?? recognizer.createStream();
    streams.set(id, stream);
    stream.acceptWaveform({ samples: toFloat(pcm), sampleRate: RATE });
    if (flush) stream.acceptWaveform({ samples: TAIL, sampleRate: RATE });
    while (recognizer.isReady(stream)) recognizer.decode(stream);
    const text = recognizer.getResult(stream).text.trim();
    if (flush) recognizer.reset(stream);
    return { text };
  };
}

const answer = isStreaming(files) ? streaming() : whole();
process.on('message', async ({ id, request }: WorkerRequest<EarsRequest>) => {
  const reply = (told: WorkerReply<EarsAnswer>) => process.send?.(told);
  try {
    reply({ id, answer: await answer(request) });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));
