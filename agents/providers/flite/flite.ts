import { Worker } from 'node:worker_threads';
import type { Phone } from '../../../protocol/timeline.ts';
import { ProviderError } from '../../listen/ports.ts';
import type { Prosody, Speech, TextToSpeech } from '../../speak/ports.ts';
import type { FliteReply, FliteRequest } from './flite-thread.ts';

/** Mean pitch and its spread as each voice was recorded, Hz: prosody is relative to them. */
const VOICES: Record<string, { meanHz: number; spreadHz: number }> = {
  slt: { meanHz: 170, spreadHz: 15 },
  rms: { meanHz: 95, spreadHz: 15 },
  awb: { meanHz: 125, spreadHz: 15 },
  kal16: { meanHz: 105, spreadHz: 14 },
};

/** Silence kept before the first phone and after the last. flite pads with up to 250 ms, which a listener would wait for. */
const LEAD_MS = 15;
const TRAIL_MS = 120;
const HUNG_MS = 10_000;
/** A longer sentence is spoken in pieces, so that its beginning and other conversations do not wait for all of it. */
const MAX_PIECE = 300;

interface Job {
  request: FliteRequest;
  resolve(reply: Extract<FliteReply, { wav: Uint8Array }>): void;
  reject(error: unknown): void;
}

/** flite in a worker thread: English, three recorded voices and one robot, phones with times. */
export class Flite implements TextToSpeech {
  readonly capabilities = { phones: true, voices: Object.keys(VOICES), prosody: true };
  /** Undefined after a failure, until there is something to say. */
  #worker: Worker | undefined;
  #closed = false;
  #queue: Job[] = [];
  #running: Job | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #nextId = 1;

  constructor() {
    this.#worker = this.#start();
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    for (const text of pieces(sentence)) {
      const { wav, segments } = await this.#run(arguments_(text, voice, prosody), signal);
      yield { text, ...trimmed(readWav(wav), segments) };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#watchdog);
    this.#failAll();
    await worker?.terminate();
  }

  #run(args: string[], signal: AbortSignal): Promise<Extract<FliteReply, { wav: Uint8Array }>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedError();
      const abort = () => {
        this.#queue = this.#queue.filter(queued => queued !== job);
        job.reject(signal.reason);
      };
      const settled = () => signal.removeEventListener('abort', abort);
      const job: Job = {
        request: { id: this.#nextId++, args },
        resolve: reply => {
          settled();
          resolve(reply);
        },
        reject: error => {
          settled();
          reject(error);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#queue.push(job);
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== undefined || this.#closed) return;
    this.#running = this.#queue.shift();
    if (this.#running === undefined) return;
    this.#watchdog = setTimeout(() => this.#failed('it hung'), HUNG_MS);
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#running.request);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./flite-thread.ts', import.meta.url), { name: 'speech', stdout: true });
    worker.on('message', (reply: FliteReply) => {
      const job = this.#running;
      if (job === undefined || job.request.id !== reply.id) return;
      clearTimeout(this.#watchdog);
      this.#running = undefined;
      if ('error' in reply)
        job.reject(new ProviderError('bad-input', `this cannot be spoken: ${reply.error}`, { retryable: false }));
      else job.resolve(reply);
      this.#next();
    });
    worker.on('error', error => this.#failed((error as Error).message));
    return worker;
  }

  /** The thread is of no more use; what it was about to say is lost, and the next sentence starts another. */
  #failed(reason: string): void {
    const old = this.#worker;
    if (old === undefined) return;
    this.#worker = undefined;
    old.removeAllListeners();
    // It may fail once more on its way out.
    old.on('error', () => {});
    void old.terminate();
    clearTimeout(this.#watchdog);
    const job = this.#running;
    this.#running = undefined;
    job?.reject(new ProviderError('internal', `the synthesizer failed: ${reason}`, { retryable: true }));
    this.#next();
  }

  #failAll(): void {
    const jobs = [...(this.#running === undefined ? [] : [this.#running]), ...this.#queue];
    this.#running = undefined;
    this.#queue = [];
    for (const job of jobs) job.reject(closedError());
  }
}

const closedError = () => new ProviderError('internal', 'the synthesizer is closed', { retryable: false });

/** Cuts at the last comma, else at the last space, else anywhere. */
function pieces(sentence: string): string[] {
  const cut: string[] = [];
  let rest = sentence.trim();
  while (rest.length > MAX_PIECE) {
    const head = rest.slice(0, MAX_PIECE);
    const comma = head.lastIndexOf(', ') + 1;
    const end = comma > MAX_PIECE / 3 ? comma : Math.max(head.lastIndexOf(' '), 0) || MAX_PIECE;
    cut.push(rest.slice(0, end));
    rest = rest.slice(end).trim();
  }
  return [...cut, rest];
}

function arguments_(sentence: string, voice: string, prosody: Prosody): string[] {
  const known = VOICES[voice];
  if (known === undefined)
    throw new ProviderError(
      'bad-input',
      `flite has no voice ${JSON.stringify(voice)}; it has ${Object.keys(VOICES).join(', ')}`,
      { retryable: false },
    );
  const set = (feature: string, value: number) => ['--setf', `${feature}=${value.toFixed(3)}`];
  return [
    '-voice',
    voice,
    '-psdur',
    ...(prosody.rate === 1 ? [] : set('duration_stretch', 1 / prosody.rate)),
    ...(prosody.pitch === 1 ? [] : set('int_f0_target_mean', known.meanHz * prosody.pitch)),
    ...(prosody.range === 1 ? [] : set('int_f0_target_stddev', known.spreadHz * prosody.range)),
    '-t',
    // A text without a space would be taken for a file name.
    ` ${sentence} `,
  ];
}

function readWav(wav: Uint8Array): { pcm: Int16Array; sampleRate: number } {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  const HEADER = 44;
  const count = Math.max(0, (wav.byteLength - HEADER) >> 1);
  return {
    sampleRate: view.getUint32(24, true),
    pcm: Int16Array.from({ length: count }, (_, i) => view.getInt16(HEADER + i * 2, true)),
  };
}

/** "pau:0.164 hh:0.255 …": each phone's end in seconds. */
function readPhones(segments: string, sampleRate: number, total: number): Phone[] {
  let startSample = 0;
  return segments
    .trim()
    .split(/\s+/)
    .flatMap(item => {
      const [phone, endSeconds] = item.split(':');
      if (phone === undefined || endSeconds === undefined) return [];
      const endSample = Math.min(total, Math.round(Number(endSeconds) * sampleRate));
      const read = { phone, startSample, endSample };
      startSample = endSample;
      return endSample > read.startSample ? [read] : [];
    });
}

/** Cuts the padding off both ends and moves the phones along. */
function trimmed({ pcm, sampleRate }: { pcm: Int16Array; sampleRate: number }, segments: string): Omit<Speech, 'text'> {
  const phones = readPhones(segments, sampleRate, pcm.length);
  const spoken = phones.filter(({ phone }) => phone !== 'pau');
  const first = spoken[0];
  const last = spoken.at(-1);
  if (first === undefined || last === undefined) return { pcm: new Int16Array(0), sampleRate, phones: [] };
  const from = Math.max(0, first.startSample - Math.round((LEAD_MS / 1000) * sampleRate));
  const to = Math.min(pcm.length, last.endSample + Math.round((TRAIL_MS / 1000) * sampleRate));
  return {
    pcm: pcm.slice(from, to),
    sampleRate,
    phones: phones.flatMap(phone => {
      const startSample = Math.max(from, phone.startSample) - from;
      const endSample = Math.min(to, phone.endSample) - from;
      return endSample > startSample ? [{ ...phone, startSample, endSample }] : [];
    }),
  };
}
