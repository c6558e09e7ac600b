import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { FaceThreadData, FaceThreadInit, PlanesInUse } from '../face/messages.ts';
import type { PlaneShelf } from './plane-shelf.ts';

/** The first replacement comes at once; each that follows within the last waits twice as long, from the first on. */
const WAIT_MS = 500;
const WAIT_MOST_MS = 30_000;
const CALM_MS = 60_000;

export interface FaceWorkerEvents {
  /** Another thread took over; the media thread is to speak to this port. */
  port(port: MessagePort): void;
  replaced(reason: string, message: string): void;
  /** The face never could be drawn. */
  failed(message: string): void;
}

/** The face thread of one conversation. One that dies, hangs or keeps failing is replaced: the voice goes on. */
export class FaceWorker {
  readonly #init: FaceThreadInit;
  readonly #shelf: PlaneShelf;
  readonly #events: FaceWorkerEvents;
  readonly #exits = new Set<Promise<void>>();
  #worker: Worker | undefined;
  #proved = false;
  #closing = false;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = 0;
  #replacedMs = Number.NEGATIVE_INFINITY;

  constructor(init: FaceThreadInit, shelf: PlaneShelf, events: FaceWorkerEvents) {
    this.#init = init;
    this.#shelf = shelf;
    this.#events = events;
  }

  /** Starts a thread; returns the port to it. */
  start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const planes = this.#shelf.of(this.#init.rig);
    const worker = new Worker(new URL('../face/face-thread.ts', import.meta.url), {
      name: 'face',
      workerData: { init: this.#init, port: port2, planes } satisfies FaceThreadData,
      transferList: [port2],
      // It makes little garbage, and with the usual room for it 18 MB would never be used twice.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    const exit = new Promise<void>(resolve => worker.once('exit', () => resolve()));
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
    worker.on('message', ({ key, data }: PlanesInUse) => {
      if (!this.#closing) this.#shelf.use(this, this.#init.rig, key, data);
    });
    worker.on('error', error => this.#ended(worker, String((error as Error).message)));
    worker.on('exit', code => {
      if (code !== 0) this.#ended(worker, `the face thread ended with ${code}`);
    });
    return port1;
  }

  /** It can draw: from now on a loss is made good. */
  proved(): void {
    this.#proved = true;
  }

  /** The media thread has given the present thread up. */
  lost(reason: string, message: string): void {
    if (this.#closing || this.#timer !== undefined) return;
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    if (!this.#proved) {
      this.#events.failed(message);
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.#replacedMs > CALM_MS) this.#waitMs = 0;
    this.#replacedMs = nowMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#events.port(this.start());
    }, this.#waitMs);
    this.#waitMs = Math.min(WAIT_MOST_MS, Math.max(WAIT_MS, this.#waitMs * 2));
    this.#events.replaced(reason, message);
  }

  /** Resolves when every thread has ended; who was told to end is waited for. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    this.#shelf.release(this);
    await Promise.all(this.#exits);
  }

  /** Ends a thread that does not end by itself. */
  terminate(): void {
    void this.#worker?.terminate();
  }

  #ended(worker: Worker, message: string): void {
    if (worker === this.#worker) this.lost('died', message);
  }
}
