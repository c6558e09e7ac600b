import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type PlaceEvents, SharedThreads } from '../base/shared-threads.ts';
import type { FaceInit, FromFaceThread, ToFaceThread } from '../face/messages.ts';
import { PlaneShelf } from './plane-shelf.ts';

/** Faces make little garbage: with the usual room for it, 18 MB would never be used twice. */
const YOUNG_GENERATION_MB = 16;

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

/** The threads that draw the faces of one process. Pictures that one of them has loaded serve all. */
export class FaceThreads {
  readonly #threads: SharedThreads<ToFaceThread, FromFaceThread>;
  readonly #shelf = new PlaneShelf();

  /** @param most threads; one for each core, unless told otherwise */
  constructor(most?: number) {
    this.#threads = new SharedThreads({
      url: new URL('../face/face-thread.ts', import.meta.url),
      name: 'face',
      most,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
  }

  /** How many faces each thread carries. */
  get loads(): number[] {
    return this.#threads.loads;
  }

  /** A face on the thread that has fewest. `lost` is called when its thread ends before the face does. */
  open(init: FaceInit, lost: PlaceEvents<never>['lost']): OpenFace {
    const { port1, port2 } = new MessageChannel();
    const place = this.#threads.open({
      message: ({ key, data }) => this.#shelf.use(place, init.rig, key, data),
      lost,
    });
    const closed = place.left.then(() => this.#shelf.release(place));
    place.tell({ type: 'open', init, port: port2, planes: this.#shelf.of(init.rig) }, [port2]);
    return { port: port1, closed, shut: () => place.tell({ type: 'shut' }), giveUp: place.giveUp };
  }

  /** Ends all threads: faces that are still open are not told. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}
