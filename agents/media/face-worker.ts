import type { MessagePort } from 'node:worker_threads';
import type { ThreadLoss } from '../base/shared-threads.ts';
import type { FaceInit } from '../face/messages.ts';
import type { FaceLoss } from './face-feed.ts';
import type { FaceThreads, OpenFace } from './face-threads.ts';

/** The first replacement comes at once; each that follows within the last waits twice as long, from the first on. */
const WAIT_MS = 500;
const WAIT_MOST_MS = 30_000;
const CALM_MS = 60_000;

export interface FaceWorkerEvents {
  /** Another face took over; the media thread is to speak to this port. */
  port(port: MessagePort): void;
  replaced(reason: string, message: string): void;
  /** The face never could be drawn. */
  failed(message: string): void;
}

/** The face of one conversation. One whose thread dies or hangs, or that keeps failing, is replaced: the voice goes on. */
export class FaceWorker {
  readonly #init: FaceInit;
  readonly #threads: FaceThreads;
  readonly #events: FaceWorkerEvents;
  readonly #closed = new Set<Promise<void>>();
  #face: OpenFace | undefined;
  /** Faces so far: what is said of one that was replaced says nothing of the present one. */
  #count = 0;
  #proved = false;
  #closing = false;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = 0;
  #replacedMs = Number.NEGATIVE_INFINITY;

  constructor(init: FaceInit, threads: FaceThreads, events: FaceWorkerEvents) {
    this.#init = init;
    this.#threads = threads;
    this.#events = events;
  }

  /** Opens a face; returns the port to it. */
  start(): MessagePort {
    const count = ++this.#count;
    const face = this.#threads.open(this.#init, (reason, message) => this.lost(reason, message, count));
    this.#face = face;
    this.#closed.add(face.closed);
    void face.closed.then(() => this.#closed.delete(face.closed));
    return face.port;
  }

  /** It can draw: from now on a loss is made good. */
  proved(): void {
    this.#proved = true;
  }

  /** Face number `count`, from 1 on, is of no use any more. */
  lost(reason: FaceLoss | ThreadLoss, message: string, count = this.#count): void {
    const face = this.#face;
    if (this.#closing || face === undefined || count !== this.#count) return;
    this.#face = undefined;
    if (reason === 'hung') face.giveUp();
    else if (reason !== 'died') face.shut();
    if (!this.#proved) {
      this.#events.failed(message);
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.#replacedMs > CALM_MS) this.#waitMs = 0;
    this.#replacedMs = nowMs;
    this.#timer = setTimeout(() => this.#events.port(this.start()), this.#waitMs);
    this.#waitMs = Math.min(WAIT_MOST_MS, Math.max(WAIT_MS, this.#waitMs * 2));
    this.#events.replaced(reason, message);
  }

  /** Resolves when every face is closed: the media thread, which speaks to it, tells it to. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#closed);
  }

  /** Ends a face that was not told, or does not listen, with its thread. */
  terminate(): void {
    this.#face?.giveUp();
  }
}
