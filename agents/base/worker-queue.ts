import { ProviderError } from './errors.ts';
import { type Peer, type Start, thread } from './peers.ts';

/** What such a thread (or process) gets and answers, one at a time. */
export type WorkerRequest<Q> = { id: number; request: Q };
export type WorkerReply<A> = { id: number; answer: A } | { id: number; error: string };

interface Job<Q, A> {
  id: number;
  request: Q;
  transfer: ArrayBuffer[];
  dueMs: number;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * One worker thread, or process, that does one thing at a time, for whoever asks: what is due soonest comes first. One that fails or hangs is replaced
 * when there is something to do again; what it was about is lost. Its refusals are `bad-input`.
 */
export class WorkerQueue<Q, A> {
  readonly #start: () => Peer;
  /** What the thread is, in messages: "the synthesizer". */
  readonly #name: string;
  readonly #hungMs: number;
  readonly #lost: () => void;
  /** Undefined after a failure, until there is something to do. */
  #worker: Peer | undefined;
  #closed = false;
  #queue: Job<Q, A>[] = [];
  #running: Job<Q, A> | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #nextId = 1;

  /**
   * @param from a thread's file, or what starts another kind of worker
   * @param options.lost told when one has failed: the next one is another
   */
  constructor(
    from: URL | Start<WorkerReply<A>>,
    { name, hungMs, lost = () => {} }: { name: string; hungMs: number; lost?: (() => void) | undefined },
  ) {
    const start = from instanceof URL ? thread<WorkerReply<A>>(from, name) : from;
    this.#start = () => start({ told: reply => this.#told(reply), failed: reason => this.#failed(reason) });
    this.#name = name;
    this.#hungMs = hungMs;
    this.#lost = lost;
    this.#worker = this.#start();
  }

  /** Requests that wait or are being done. */
  get waiting(): number {
    return this.#queue.length + (this.#running === undefined ? 0 : 1);
  }

  /** Of a process. */
  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  /**
   * Rejects with a ProviderError, or at once with the signal's reason.
   * @param options.dueMs by `performance.now()`; by default it is due at once
   */
  run(
    request: Q,
    {
      signal,
      transfer = [],
      dueMs = performance.now(),
    }: { signal: AbortSignal; transfer?: ArrayBuffer[]; dueMs?: number },
  ): Promise<A> {
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
        dueMs,
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
    await worker?.end();
  }

  #next(): void {
    if (this.#running !== undefined || this.#closed) return;
    const [first, ...others] = this.#queue;
    if (first === undefined) return;
    this.#running = others.reduce((soonest, job) => (job.dueMs < soonest.dueMs ? job : soonest), first);
    this.#queue.splice(this.#queue.indexOf(this.#running), 1);
    const { id, request, transfer } = this.#running;
    this.#watchdog = setTimeout(() => this.#failed('it hung'), this.#hungMs);
    this.#worker ??= this.#start();
    this.#worker.post({ id, request } satisfies WorkerRequest<Q>, transfer);
  }

  #told(reply: WorkerReply<A>): void {
    const job = this.#running;
    if (job === undefined || job.id !== reply.id) return;
    clearTimeout(this.#watchdog);
    this.#running = undefined;
    if ('error' in reply)
      job.reject(new ProviderError('bad-input', `the ${this.#name} refused: ${reply.error}`, { retryable: false }));
    else job.resolve(reply.answer);
    this.#next();
  }

  #failed(reason: string): void {
    const old = this.#worker;
    if (old === undefined) return;
    this.#worker = undefined;
    this.#lost();
    void old.end();
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
