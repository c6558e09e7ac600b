import { ProviderError } from '../../base/errors.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { WorkerQueue } from '../../base/worker-queue.ts';
import type { EndOfTurn } from '../../listen/ports.ts';
import { SECONDS } from './log-mel.ts';

/** Loading the model is part of the first question. */
const HUNG_MS = 10_000;
/** A question that would wait for more others than these comes too late to be of use [C2]. */
const MAX_WAITING = 4;

/** Smart Turn v3 in a worker thread: hears whether a turn is over, in any of 23 languages. */
export class SmartTurn implements EndOfTurn {
  readonly #thread: WorkerQueue<Int16Array, number>;

  /**
   * @param model path of the ONNX file
   * @param lost told when its thread has failed
   */
  constructor(model: string, lost?: () => void) {
    const file = new URL('./smart-turn-thread.ts', import.meta.url);
    this.#thread = new WorkerQueue(file, { name: 'end-of-turn', hungMs: HUNG_MS, lost, workerData: { model } });
  }

  get waiting(): number {
    return this.#thread.waiting;
  }

  async done(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<number> {
    if (this.waiting > MAX_WAITING)
      throw new ProviderError('quota', 'too many wait for the end-of-turn model', { retryable: true });
    const last = pcm.slice(-SECONDS * LISTEN_RATE);
    return await this.#thread.run(last, { signal, transfer: [last.buffer] });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
