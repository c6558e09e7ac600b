import { type ChildProcess, fork } from 'node:child_process';
import { type Clock, systemClock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import type { SpeechToText, Transcript, VoiceActivity, VoiceActivityProvider } from '../../listen/ports.ts';
import type { FromRecognizer, ModelFiles, ToRecognizer } from './messages.ts';

const WINDOW = 512;
const RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;
/** A process that has not answered for this long is taken for hung and ended. */
const HUNG_MS = 8000;
/** Decodes waiting at once; a partial transcript that would have to wait is refused instead [C2]. */
const MAX_PENDING = 32;
/** Partial transcripts of all conversations together take a quarter of a core: after each comes a rest this much longer. */
const PARTIAL_REST = 3;
/** And less where many are listened to, whose last words need the time: half as many times longer as there are people. */
const PARTIAL_REST_EACH = 0.5;

interface Pending {
  resolve(transcript: Transcript): void;
  reject(error: unknown): void;
}

interface Stream {
  onWindow(speech: boolean, endSample: number): void;
  /** Not yet a window. */
  rest: Int16Array;
  /** Samples handed to the process, and those it has judged. */
  pushed: number;
  position: number;
}

export interface RecognizerEvents {
  restarted(reason: string): void;
  ready(loadMs: number): void;
}

/** Voice activity and speech recognition in a watched child process. */
export class SherpaRecognizer implements SpeechToText, VoiceActivityProvider {
  readonly #files: ModelFiles;
  readonly #events: RecognizerEvents;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, Stream>();
  /** What the detectors are to judge next: everybody's in one message, which costs as much as one of them. */
  #due: { id: number; pcm: Int16Array }[] = [];
  #child: ChildProcess | undefined;
  #ready = false;
  #nextId = 1;
  #partialAfterMs = Number.NEGATIVE_INFINITY;
  #restartMs = RESTART_MS;
  #restartTimer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #changed: () => void = () => {};
  #closed = false;

  /** @param clock of the conversations, for how often they may ask for partial transcripts */
  constructor(files: ModelFiles, events: RecognizerEvents, clock: Clock = systemClock) {
    this.#files = files;
    this.#events = events;
    this.#clock = clock;
    this.#start();
  }

  /** The models are loaded. */
  get ready(): boolean {
    return this.#ready;
  }
  get pid(): number | undefined {
    return this.#child?.pid;
  }
  /** Readings that were asked for and have no answer yet. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Tells when `ready` changes. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  open(onWindow: (speech: boolean, endSample: number) => void): VoiceActivity {
    const id = this.#nextId++;
    const stream: Stream = { onWindow, rest: new Int16Array(0), pushed: 0, position: 0 };
    this.#streams.set(id, stream);
    this.#send({ type: 'vad.open', id });
    return {
      push: pcm => this.#push(id, stream, pcm),
      close: () => {
        this.#streams.delete(id);
        this.#send({ type: 'vad.close', id });
      },
    };
  }

  transcribe(pcm: Int16Array, { signal, final }: { signal: AbortSignal; final: boolean }): Promise<Transcript> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#closed || !this.#ready)
      return Promise.reject(new ProviderError('internal', 'the recognizer is starting', { retryable: true }));
    const beganMs = this.#clock.nowMs();
    if (final ? this.#pending.size >= MAX_PENDING : this.#pending.size > 0 || beganMs < this.#partialAfterMs)
      return Promise.reject(new ProviderError('quota', 'the recognizer is busy', { retryable: true }));
    const id = this.#nextId++;
    return new Promise<Transcript>((resolve, reject) => {
      const abort = () => {
        // The decode runs to its end in the child; only its answer is no longer wanted.
        settle();
        reject(signal.reason);
      };
      const settle = () => signal.removeEventListener('abort', abort);
      signal.addEventListener('abort', abort, { once: true });
      this.#pending.set(id, {
        resolve: transcript => {
          const nowMs = this.#clock.nowMs();
          const rest = Math.max(PARTIAL_REST, this.#streams.size * PARTIAL_REST_EACH);
          if (!final) this.#partialAfterMs = nowMs + (nowMs - beganMs) * rest;
          settle();
          resolve(transcript);
        },
        reject: error => {
          settle();
          reject(error);
        },
      });
      this.#send({ type: 'asr', id, pcm });
      this.#watchdog ??= this.#watch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#watchdog);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  /** Whole windows go to the process; what is left over waits for the next. */
  #push(id: number, stream: Stream, pcm: Int16Array): void {
    const all = new Int16Array(stream.rest.length + pcm.length);
    all.set(stream.rest);
    all.set(pcm, stream.rest.length);
    const whole = all.length - (all.length % WINDOW);
    stream.rest = all.slice(whole);
    if (whole === 0) return;
    stream.pushed += whole;
    if (this.#due.length === 0) setImmediate(() => this.#send({ type: 'vad.push', streams: this.#due.splice(0) }));
    this.#due.push({ id, pcm: all.slice(0, whole) });
  }

  #start(): void {
    const child = fork(new URL('./recognizer-main.ts', import.meta.url), [JSON.stringify(this.#files)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message: FromRecognizer) => this.#told(message));
    child.on('error', error => {
      // `exit` follows, unless it never came to be.
      if (child.pid === undefined) this.#ended(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => this.#ended(`ended with ${signal ?? code}`));
    for (const [id, stream] of this.#streams) {
      // What was pushed meanwhile is lost: go on from here.
      stream.position = stream.pushed;
      this.#send({ type: 'vad.open', id });
    }
  }

  #told(message: FromRecognizer): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#restartMs = RESTART_MS;
        this.#events.ready(message.loadMs);
        this.#changed();
        break;
      case 'vad':
        for (const { id, windows } of message.streams) this.#judged(id, windows);
        break;
      case 'asr':
        this.#settle(message.id, pending => pending.resolve({ text: message.text }));
        break;
      case 'asr.failed':
        this.#settle(message.id, pending =>
          pending.reject(new ProviderError('internal', message.message, { retryable: false })),
        );
    }
  }

  #judged(id: number, windows: boolean[]): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    for (const speech of windows) {
      stream.position += WINDOW;
      stream.onWindow(speech, stream.position);
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(this.#watchdog);
    this.#watchdog = this.#pending.size > 0 ? this.#watch() : undefined;
    if (pending !== undefined) how(pending);
  }

  #watch(): NodeJS.Timeout {
    return setTimeout(() => this.#child?.kill('SIGKILL'), HUNG_MS);
  }

  #ended(reason: string): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    this.#child = undefined;
    this.#ready = false;
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of lost)
      pending.reject(new ProviderError('internal', `the recognizer ${reason}`, { retryable: true }));
    if (this.#closed) return;
    this.#events.restarted(reason);
    this.#changed();
    this.#restartTimer = setTimeout(() => this.#start(), this.#restartMs);
    this.#restartMs = Math.min(MAX_RESTART_MS, this.#restartMs * 2);
  }

  #send(message: ToRecognizer): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }
}
