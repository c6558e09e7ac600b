import os from 'node:os';
import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';
import { Pulse } from '../../telemetry/pulse.ts';

/** Why a thread works no more. */
export type ThreadLoss = 'died' | 'hung';

/** What travels between a process and one of its shared threads: a message for, or from, the holder of a place. */
export interface Addressed<M> {
  place: number;
  message: M;
}

/** Longer than for a process: nobody tells whether a thread had a processor meanwhile. */
const HUNG_MS = 4000;

/** Asked of threads that are watched, and their answer: whether their event loop still turns. */
export const PULSE = 'pulse';

/** Said by a thread when the holder of a place has ended. */
export interface Left {
  type: 'left';
}

/** A place on one of the threads. */
export interface Place<To> {
  /** Resolves when what was there has ended and its memory is free. */
  readonly left: Promise<void>;
  tell(message: To, transfer?: Transferable[]): void;
  /** Ends its thread, which hangs. The thread's other places are told that they are lost. */
  giveUp(): void;
}

export interface PlaceEvents<From> {
  message?(message: From): void;
  /** Its thread ended before it did. */
  lost(reason: ThreadLoss, message: string): void;
}

interface Holder<From> {
  events: PlaceEvents<From>;
  left: PromiseWithResolvers<void>;
}

interface Thread<From> {
  worker: Worker;
  pulse?: Pulse;
  holders: Map<number, Holder<From>>;
}

export interface SharedThreadsOptions {
  /** The thread's program. */
  url: URL;
  name: string;
  /** One for each core, unless told otherwise. */
  most?: number;
  resourceLimits?: ResourceLimits;
  /** Threads that do not answer {@link PULSE} any more are lost, as `hung`. */
  watched?: boolean;
}

/**
 * Threads that each carry several of the same kind: code is compiled once, and a core that serves ten one after another
 * is never late with all of them, as it is when ten threads share it.
 */
export class SharedThreads<To, From extends { type: string } = never> {
  readonly #options: SharedThreadsOptions;
  readonly #most: number;
  readonly #threads = new Set<Thread<From>>();
  readonly #exits = new Set<Promise<void>>();
  #opened = 0;
  #closing = false;

  constructor(options: SharedThreadsOptions) {
    this.#options = options;
    this.#most = options.most ?? os.availableParallelism();
  }

  /** How many each thread carries. */
  get loads(): number[] {
    return [...this.#threads].map(({ holders }) => holders.size);
  }

  /** A place on the thread that carries fewest. Throws once they are closed. */
  open(events: PlaceEvents<From>): Place<To> {
    if (this.#closing) throw new Error(`the ${this.#options.name} threads are closed`);
    const thread = this.#thread();
    const id = ++this.#opened;
    const left = Promise.withResolvers<void>();
    thread.holders.set(id, { events, left });
    return {
      left: left.promise,
      tell: (message, transfer = []) =>
        thread.worker.postMessage({ place: id, message } satisfies Addressed<To>, transfer),
      giveUp: () => {
        this.#left(thread, id);
        this.#lose(thread, 'hung', `something else on its ${this.#options.name} thread hung`);
      },
    };
  }

  /** Ends all threads: those who still have a place are not told. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const thread of this.#threads) this.#lose(thread, 'died', 'the threads are closed');
    await Promise.all(this.#exits);
  }

  /** The one that carries fewest, or another while there may be more. */
  #thread(): Thread<From> {
    const [least] = [...this.#threads].sort((a, b) => a.holders.size - b.holders.size);
    return least !== undefined && (least.holders.size === 0 || this.#threads.size >= this.#most)
      ? least
      : this.#start();
  }

  #start(): Thread<From> {
    const { url, name, resourceLimits, watched } = this.#options;
    const worker = new Worker(url, { name, resourceLimits });
    const thread: Thread<From> = { worker, holders: new Map() };
    this.#threads.add(thread);
    const exit = new Promise<void>(resolve => worker.once('exit', () => resolve()));
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
    let answered = () => {};
    if (watched)
      thread.pulse = new Pulse(
        done => {
          answered = done;
          worker.postMessage(PULSE);
        },
        () => this.#lose(thread, 'hung', `the ${name} thread does not answer any more`),
        { afterMs: HUNG_MS },
      );
    worker.on('message', (said: Addressed<From | Left> | typeof PULSE) => {
      if (said === PULSE) return answered();
      const { place, message } = said;
      if (message.type === 'left') this.#left(thread, place);
      else thread.holders.get(place)?.events.message?.(message as From);
    });
    worker.on('error', error => this.#lose(thread, 'died', String((error as Error).message)));
    worker.on('exit', code => this.#lose(thread, 'died', `the ${name} thread ended with ${code}`));
    return thread;
  }

  #left(thread: Thread<From>, id: number): void {
    const holder = thread.holders.get(id);
    thread.holders.delete(id);
    holder?.left.resolve();
  }

  #lose(thread: Thread<From>, reason: ThreadLoss, message: string): void {
    if (!this.#threads.delete(thread)) return;
    thread.pulse?.stop();
    void thread.worker.terminate();
    for (const [id, { events }] of [...thread.holders]) {
      this.#left(thread, id);
      if (!this.#closing) events.lost(reason, message);
    }
  }
}
