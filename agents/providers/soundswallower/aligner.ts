import type { Phone } from '../../../protocol/timeline.ts';
import { WorkerQueue } from '../../base/worker-queue.ts';
import type { Aligner } from '../../speak/align/ports.ts';
import type { AlignerAnswer, AlignerRequest } from './aligner-thread.ts';

/** The model takes half a second to load on a slow machine. */
const HUNG_MS = 15_000;

/** SoundSwallower in a worker thread, US English. One recording at a time, about 30 times faster than it was spoken. */
export class SoundSwallowerAligner implements Aligner {
  readonly #thread: WorkerQueue<AlignerRequest, AlignerAnswer>;

  /** @param lost told when its thread has failed */
  constructor(lost?: () => void) {
    const file = new URL('./aligner-thread.ts', import.meta.url);
    this.#thread = new WorkerQueue(file, { name: 'aligner', hungMs: HUNG_MS, lost });
  }

  get waiting(): number {
    return this.#thread.waiting;
  }

  async pronounce(words: readonly string[], { signal }: { signal: AbortSignal }): Promise<string[][]> {
    return (await this.#thread.run({ words }, { signal })).words;
  }

  async align(
    pcm: Int16Array,
    words: readonly string[],
    { signal }: { signal: AbortSignal },
  ): Promise<Phone[] | undefined> {
    return (await this.#thread.run({ words, pcm }, { signal })).phones;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
