import { Worker } from 'node:worker_threads';
import { ProviderError } from './errors.ts';

/** What such a thread gets and answers, one at a time. */
export type WorkerRequest<Q> = { id: number; request: Q };
export type WorkerReply<A> = { id: number; answer: A } | { id: number; error: string };

interface Job<Q, A> {
  id: number;
  request: Q;
  transfer: ArrayBuffer[];
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * One worker thread that does one thing at a time, for whoever asks. A thread that fails or hangs is replaced when
 * there is something to do again; what it was about is lost. Refusals of the thread are `bad-input`.
 */
export class WorkerQueue<Q, A> {
  readonly #file: URL;
  /** What the thread is, in messages: "the synthesizer". */
  readonly #name: string;
  readonly #hungMs: number;
  readonly #lost: () => void;
  readonly #workerData: unknown;
  /** Undefined after a failure, until there is something to do. */
  #worker: Worker | undefined;
  #closed = false;
  #queue: Job<Q, A>[] = [];
  #running: Job<Q, A> | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** @param lost told when a thread has failed: the next one is another */
  constructor(
    file: URL,
    {
      name,
      hungMs,
      lost = () => {},
      workerData,
    }: { name: string; hungMs: number; lost?: (() => void) | undefined; workerData?: unknown },
  ) {
    this.#file = file;
    this.#name = name;
    this.#hungMs = hungMs;
    this.#lost = lost;
    this.#workerData = workerData;
    this.#worker = this.#start();
  }

  /** Requests that wait or are being done. */
  get waiting(): number {
    return this.#queue.length + (this.#running === undefined ? 0 : 1);
  }

  /** Rejects with a ProviderError, or at once with the signal's reason. */
  run(request: Q, { signal, transfer = [] }: { signal: AbortSignal; transfer?: ArrayBuffer[] }): Promise<A> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#closed) throw this.#closedError();
      const abort = () => {
        this.#queue = this.#queue.filter(queued => queued !== job);
        job.reject(signal.reason);
      };
      const settled = () => signal.removeEventListener('abort', abort);
      const job: Job<Q, A> = {
        id: this.#nextId++,
        request,
        transfer,
        resolve: answer => {
          settled();
          resolve(answer);
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

  /** What waits is rejected; the thread is gone afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#watchdog);
    const jobs = [...(this.#running === undefined ? [] : [this.#running]), ...this.#queue];
    this.#running = undefined;
    this.#queue = [];
    for (const job of jobs) job.reject(this.#closedError());
    await worker?.terminate();
  }

  #next(): void {
    if (this.#running !== undefined || this.#closed) return;
    this.#running = this.#queue.shift();
    if (this.#running === undefined) return;
    const { id, request, transfer } = this.#running;
    this.#watchdog = setTimeout(() => this.#failed('it hung'), this.#hungMs);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, request } satisfies WorkerRequest<Q>, transfer);
  }

  #start(): Worker {
    const worker = new Worker(this.#file, { name: this.#name, stdout: true, workerData: this.#workerData });
    worker.on('message', (reply: WorkerReply<A>) => {
      const job = this.#running;
      if (job === undefined || job.id !== reply.id) return;
      clearTimeout(this.#watchdog);
      this.#running = undefined;
      if ('error' in reply)
        job.reject(new ProviderError('bad-input', `the ${this.#name} refused: ${reply.error}`, { retryable: false }));
      else job.resolve(reply.answer);
      this.#next();
    });
    worker.on('error', error => this.#failed((error as Error).message));
    return worker;
  }

  #failed(reason: string): void {
    const old = this.#worker;
    if (old === undefined) return;
    this.#worker = undefined;
    this.#lost();
    old.removeAllListeners();
    // It may fail once more on its way out.
    old.on('error', () => {});
    void old.terminate();
    clearTimeout(this.#watchdog);
    const job = this.#running;
    this.#running = undefined;
    job?.reject(new ProviderError('internal', `the ${this.#name} failed: ${reason}`, { retryable: true }));
    this.#next();
  }

  #closedError(): ProviderError {
    return new ProviderError('internal', `the ${this.#name} is closed`, { retryable: false });
  }
}
