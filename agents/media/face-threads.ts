import os from 'node:os';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { FaceInit, FromFaceThread, ToFaceThread } from '../face/messages.ts';
import { PlaneShelf } from './plane-shelf.ts';

/** Faces make little garbage: with the usual room for it, 18 MB would never be used twice. */
const YOUNG_GENERATION_MB = 16;

/** Why a thread draws no more. */
export type ThreadLoss = 'died' | 'hung';

/** A face that some thread draws. */
export interface OpenFace {
  /** The face's line, for the media thread. */
  readonly port: MessagePort;
  /** Resolves when the face is closed and its memory free. */
  readonly closed: Promise<void>;
  /** Closes it; for a face whose line nobody holds, or that is broken. */
  shut(): void;
  /** Ends its thread, which hangs. The thread's other faces are told that they are lost. */
  giveUp(): void;
}

interface Face {
  rig: string;
  closed: PromiseWithResolvers<void>;
  lost(reason: ThreadLoss, message: string): void;
}

interface Thread {
  worker: Worker;
  faces: Map<number, Face>;
}

/**
 * The threads that draw the faces of one process, one for each core: code is compiled once, pictures are loaded once,
 * and a core that draws ten faces one after another is never late with all of them, as it is when ten threads share it.
 */
export class FaceThreads {
  readonly #most: number;
  readonly #shelf = new PlaneShelf();
  readonly #threads = new Set<Thread>();
  readonly #exits = new Set<Promise<void>>();
  #opened = 0;
  #closing = false;

  constructor(most = os.availableParallelism()) {
    this.#most = most;
  }

  /** How many faces each thread carries. */
  get loads(): number[] {
    return [...this.#threads].map(({ faces }) => faces.size);
  }

  /** A face on the thread that has fewest. `lost` is called when its thread ends before the face does. */
  open(init: FaceInit, lost: Face['lost']): OpenFace {
    const thread = this.#thread();
    const { port1, port2 } = new MessageChannel();
    const id = ++this.#opened;
    const face: Face = { rig: init.rig, closed: Promise.withResolvers<void>(), lost };
    thread.faces.set(id, face);
    const tell = (message: ToFaceThread, transfer: MessagePort[] = []) => thread.worker.postMessage(message, transfer);
    tell({ type: 'open', face: id, init, port: port2, planes: this.#shelf.of(init.rig) }, [port2]);
    return {
      port: port1,
      closed: face.closed.promise,
      shut: () => tell({ type: 'shut', face: id }),
      giveUp: () => {
        this.#closed(thread, id);
        this.#lose(thread, 'hung', 'another face of its thread hung');
      },
    };
  }

  /** Ends all threads: faces that are still open are not told. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const thread of this.#threads) this.#lose(thread, 'died', 'the threads are closed');
    await Promise.all(this.#exits);
  }

  /** The one with fewest faces, or another while there may be more. */
  #thread(): Thread {
    const [least] = [...this.#threads].sort((a, b) => a.faces.size - b.faces.size);
    return least !== undefined && (least.faces.size === 0 || this.#threads.size >= this.#most) ? least : this.#start();
  }

  #start(): Thread {
    const worker = new Worker(new URL('../face/face-thread.ts', import.meta.url), {
      name: 'face',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const thread: Thread = { worker, faces: new Map() };
    this.#threads.add(thread);
    const exit = new Promise<void>(resolve => worker.once('exit', () => resolve()));
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
    worker.on('message', (message: FromFaceThread) => {
      const face = thread.faces.get(message.face);
      if (message.type === 'shut') this.#closed(thread, message.face);
      else if (face !== undefined) this.#shelf.use(face, face.rig, message.key, message.data);
    });
    worker.on('error', error => this.#lose(thread, 'died', String((error as Error).message)));
    worker.on('exit', code => this.#lose(thread, 'died', `the face thread ended with ${code}`));
    return thread;
  }

  #closed(thread: Thread, id: number): void {
    const face = thread.faces.get(id);
    if (face === undefined) return;
    thread.faces.delete(id);
    this.#shelf.release(face);
    face.closed.resolve();
  }

  #lose(thread: Thread, reason: ThreadLoss, message: string): void {
    if (!this.#threads.delete(thread)) return;
    void thread.worker.terminate();
    for (const [id, face] of [...thread.faces]) {
      this.#closed(thread, id);
      if (!this.#closing) face.lost(reason, message);
    }
  }
}
