/**
 * Recognizer process: Silero voice activity and Moonshine speech recognition through sherpa-onnx. A process of
 * its own, because a bad model file ends the whole process; its parent watches it.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { isQuiet } from '../../listen/quiet.ts';
import type { FromRecognizer, ModelFiles, ToRecognizer } from './messages.ts';

const RATE = 16_000;
const WINDOW = 512;
/** No word is so short, and the model cannot take less. */
const SHORTEST = RATE / 10;
/** After so many quiet windows in a row the model is not asked about the next: what it heard before has worn off. */
const SETTLED_WINDOWS = 10;
/** Silero's state drifts little, but its wrapper buffers a whole stretch of speech: bound it. */
const BUFFER_SECONDS = 60;

interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
  reset(): void;
}
interface OfflineStream {
  acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
}
interface Recognizer {
  createStream(): OfflineStream;
  decodeAsync(stream: OfflineStream): Promise<{ text: string }>;
}
interface Sherpa {
  Vad: new (config: object, bufferSeconds: number) => Vad;
  OfflineRecognizer: new (config: object) => Recognizer;
}

const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
const { threshold = 0.5, ...files } = JSON.parse(process.argv[2] ?? '{}') as ModelFiles;
for (const [name, file] of Object.entries(files))
  if (!fs.existsSync(file)) throw new Error(`model file ${name} is missing: ${file}`);

const send = (message: FromRecognizer) => process.send?.(message);

function toFloat(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) samples[i] = pcm[i]! / 32_768;
  return samples;
}

const startedMs = performance.now();
const newVad = () =>
  new sherpa.Vad(
    {
      sileroVad: {
        model: files.vad,
        threshold,
        minSpeechDuration: 0.03,
        minSilenceDuration: 0.03,
        windowSize: WINDOW,
        maxSpeechDuration: 3600,
      },
      sampleRate: RATE,
      numThreads: 1,
      debug: 0,
    },
    BUFFER_SECONDS,
  );
const recognizer = new sherpa.OfflineRecognizer({
  featConfig: { sampleRate: RATE, featureDim: 80 },
  modelConfig: {
    moonshine: { encoder: files.encoder, mergedDecoder: files.decoder },
    tokens: files.tokens,
    numThreads: 1,
    provider: 'cpu',
    debug: 0,
  },
});

/** One participant's detector. */
class Stream {
  readonly #vad = newVad();
  /** Quiet windows in a row. */
  #quiet = 0;

  /** Whether there is speech, for each window. */
  push(pcm: Int16Array): boolean[] {
    const samples = toFloat(pcm);
    const windows: boolean[] = [];
    for (let at = 0; at + WINDOW <= samples.length; at += WINDOW) {
      this.#quiet = isQuiet(pcm.subarray(at, at + WINDOW)) ? this.#quiet + 1 : 0;
      if (this.#quiet <= SETTLED_WINDOWS || this.#vad.isDetected())
        this.#vad.acceptWaveform(samples.subarray(at, at + WINDOW));
      windows.push(this.#vad.isDetected());
      while (!this.#vad.isEmpty()) this.#vad.pop();
    }
    return windows;
  }

  /** Forgets whom it heard. */
  reset(): void {
    this.#vad.reset();
    this.#quiet = 0;
  }
}

const streams = new Map<number, Stream>();
/** Detectors without a person: making one takes longer than drawing breath, and everybody's detectors wait for it. */
const spares = [new Stream()];
/** 12 MB each. */
const MOST_SPARES = 8;

async function transcribe(id: number, pcm: Int16Array): Promise<void> {
  const began = performance.now();
  if (pcm.length < SHORTEST) {
    send({ type: 'asr', id, text: '', ms: 0 });
    return;
  }
  try {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: toFloat(pcm), sampleRate: RATE });
    const { text } = await recognizer.decodeAsync(stream);
    send({ type: 'asr', id, text: text.trim(), ms: performance.now() - began });
  } catch (error) {
    send({ type: 'asr.failed', id, message: (error as Error).message });
  }
}

process.on('message', (message: ToRecognizer) => {
  switch (message.type) {
    case 'vad.open':
      streams.set(message.id, spares.pop() ?? new Stream());
      break;
    case 'vad.push':
      send({
        type: 'vad',
        streams: message.streams.map(({ id, pcm }) => ({ id, windows: streams.get(id)?.push(pcm) ?? [] })),
      });
      break;
    case 'vad.close': {
      const stream = streams.get(message.id);
      streams.delete(message.id);
      stream?.reset();
      if (stream !== undefined && spares.length < MOST_SPARES) spares.push(stream);
      break;
    }
    case 'asr':
      void transcribe(message.id, message.pcm);
  }
});
process.on('disconnect', () => process.exit(0));

// The first decode is slower than all others: let nobody's first sentence pay for it.
await transcribe(0, new Int16Array(RATE));
send({ type: 'ready', loadMs: performance.now() - startedMs });
