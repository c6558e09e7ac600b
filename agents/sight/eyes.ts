import { Worker } from 'node:worker_threads';
import type { Reading } from '../feel/ports.ts';
import type { FromEyes, ToEyes } from './messages.ts';

/** Frames of one stream that wait to be decoded, at most; then frames are left out up to the next keyframe [C2]. */
const MAX_WAITING = 30;
/** Of a picture, unless a smaller one will do. */
const LOOK_WIDTH = 1024;
const HUNG_MS = 10_000;
/** Loading the models takes a while, on a busy machine longer. */
const LOADING_MS = 30_000;
/** A thread that fails is followed by another after a pause, longer each time until one has lasted. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
const CALM_MS = 60_000;

export interface StreamEvents {
  /** What the face shows; null where none is seen. */
  reading(reading: Reading | null): void;
  /** Frames were lost: a keyframe is needed before anything is seen again. */
  lost(): void;
}

/** What operators are told. */
export interface EyesEvents {
  restarted(reason: string): void;
  /** Faces cannot be read at all. */
  blind(reason: string): void;
}

interface Stream {
  events: StreamEvents;
  feelings: boolean;
  waiting: number;
}

/** Counters since the start. */
export interface EyesStats {
  framesDecoded: number;
  facesRead: number;
  faceReadMs: number;
  framesDropped: number;
  restarts: number;
}

/**
 * The eyes of one host: a watched thread that decodes cameras and reads faces, started when somebody first wants to be
 * seen. A thread that dies or hangs is replaced; its streams go on with their next keyframe.
 */
export class Eyes {
  readonly stats: EyesStats = { framesDecoded: 0, facesRead: 0, faceReadMs: 0, framesDropped: 0, restarts: 0 };
  readonly #events: EyesEvents;
  readonly #streams = new Map<string, Stream>();
  readonly #looks = new Map<number, (jpeg: Uint8Array | undefined) => void>();
  #worker: Worker | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #read = false;
  #startedMs = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #again: NodeJS.Timeout | undefined;
  #nextId = 1;
  #closed = false;

  constructor(events: EyesEvents = { restarted: () => {}, blind: () => {} }) {
    this.#events = events;
  }

  /** Begins to see a stream, or changes whether its face is read. */
  open(name: string, feelings: boolean, events: StreamEvents): void {
    if (this.#closed) return;
    this.#streams.set(name, { events, feelings, waiting: this.#streams.get(name)?.waiting ?? 0 });
    // After a failure the next thread is told of every stream when it starts.
    if (this.#again !== undefined) return;
    this.#worker ??= this.#start();
    this.#tell({ type: 'open', stream: name, feelings });
  }

  /** The next frame of a stream, VP8; `frame` is transferred. */
  push(name: string, frame: Uint8Array): void {
    const stream = this.#streams.get(name);
    if (stream === undefined || this.#worker === undefined) return;
    if (stream.waiting >= MAX_WAITING) {
      this.stats.framesDropped += 1;
      stream.events.lost();
      return;
    }
    stream.waiting += 1;
    this.#watch();
    this.#tell({ type: 'frame', stream: name, data: frame }, [frame.buffer as ArrayBuffer]);
  }

  /** The newest picture of a stream as JPEG, at most so wide, 1024 by default; undefined where nothing is seen. */
  look(
    name: string,
    { signal, width = LOOK_WIDTH }: { signal: AbortSignal; width?: number },
  ): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    if (!this.#streams.has(name) || this.#worker === undefined) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (jpeg: Uint8Array | undefined) => {
        signal.removeEventListener('abort', abort);
        this.#looks.delete(id);
        resolve(jpeg);
      };
      const abort = () => {
        this.#looks.delete(id);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#looks.set(id, settle);
      this.#tell({ type: 'look', id, stream: name, width });
    });
  }

  /** Nothing of this stream is seen any more, and its last picture is gone. */
  shut(name: string): void {
    if (this.#streams.delete(name)) this.#tell({ type: 'close', stream: name });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#again);
    this.#streams.clear();
    for (const settle of this.#looks.values()) settle(undefined);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #tell(message: ToEyes, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./eyes-thread.ts', import.meta.url), { name: 'eyes', stdout: true });
    worker.on('message', (message: FromEyes) => this.#told(message));
    worker.on('error', error => this.#restart((error as Error).message));
    worker.on('exit', code => this.#restart(`it ended with ${code}`));
    this.#read = false;
    this.#startedMs = performance.now();
    return worker;
  }

  #told(message: FromEyes): void {
    if (message.type === 'ready') return;
    if (message.type === 'blind') {
      this.#events.blind(message.reason);
      return;
    }
    if (message.type === 'picture') {
      this.#looks.get(message.id)?.(message.jpeg);
      return;
    }
    const stream = this.#streams.get(message.stream);
    if (message.type === 'done') {
      this.stats.framesDecoded += 1;
      if (stream !== undefined) stream.waiting = Math.max(0, stream.waiting - 1);
      this.#rest();
    } else if (message.type === 'lost') stream?.events.lost();
    else {
      this.#read = true;
      this.stats.facesRead += 1;
      this.stats.faceReadMs += message.costMs;
      if (stream?.feelings === true) stream.events.reading(message.reading);
    }
  }

  /** Something was asked of the thread: it has to answer. */
  #watch(): void {
    this.#watchdog ??= setTimeout(() => this.#restart('it hung'), this.#read ? HUNG_MS : LOADING_MS);
  }

  #rest(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    if ([...this.#streams.values()].some(({ waiting }) => waiting > 0)) this.#watch();
  }

  /** Another thread, with the streams that are still wanted. */
  #resume(): void {
    this.#again = undefined;
    if (this.#closed || this.#worker !== undefined || this.#streams.size === 0) return;
    this.#worker = this.#start();
    for (const [stream, seen] of this.#streams) {
      seen.waiting = 0;
      this.#tell({ type: 'open', stream, feelings: seen.feelings });
      seen.events.lost();
    }
  }

  #restart(reason: string): void {
    const old = this.#worker;
    if (old === undefined) return;
    this.#worker = undefined;
    old.removeAllListeners();
    // It may fail once more on its way out.
    old.on('error', () => {});
    void old.terminate();
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    for (const settle of [...this.#looks.values()]) settle(undefined);
    if (this.#closed) return;
    this.stats.restarts += 1;
    this.#events.restarted(reason);
    const nowMs = performance.now();
    this.#pauseMs = nowMs - this.#startedMs > CALM_MS ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    this.#again = setTimeout(() => this.#resume(), this.#pauseMs);
  }
}
