import { ProviderError } from '../../base/errors.ts';
import { childProcess } from '../../base/peers.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { WorkerQueue, type WorkerReply } from '../../base/worker-queue.ts';
import type { EndOfTurn } from '../../listen/ports.ts';
import { SECONDS } from './log-mel.ts';

/** Loading the model is part of the first question. */
const HUNG_MS = 10_000;
/** Where its answers take so long, the machine is short of time: alone on a core it takes half of that. */
const SLOW_MS = 90;
/** Once in so many answers more than this is no sign of anything. */
const SMOOTHING = 0.3;
/** A question that would wait for more others than these comes too late to be of use [C2]. */
const MAX_WAITING = 4;

/**
 * Smart Turn v3: hears whether a turn is over, in any of 23 languages. In a process of its own, because its runtime takes
 * the process with it where it is ended in the middle of something.
 */
export class SmartTurn implements EndOfTurn {
  readonly #process: WorkerQueue<Int16Array, number>;
  /** What answers took lately. */
  #tookMs = 0;

  /**
   * @param model path of the ONNX file
   * @param lost told when its process has failed
   */
  constructor(model: string, lost?: () => void) {
    const start = childProcess<WorkerReply<number>>(new URL('./smart-turn-main.ts', import.meta.url), [model]);
    this.#process = new WorkerQueue(start, { name: 'end-of-turn', hungMs: HUNG_MS, lost });
  }

  get busy(): boolean {
    return this.waiting > 0 || this.#tookMs > SLOW_MS;
  }

  get waiting(): number {
    return this.#process.waiting;
  }
  get pids(): number[] {
    return this.#process.pid === undefined ? [] : [this.#process.pid];
  }

  async done(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<number> {
    if (this.waiting > MAX_WAITING)
      throw new ProviderError('quota', 'too many wait for the end-of-turn model', { retryable: true });
    const last = pcm.slice(-SECONDS * LISTEN_RATE);
    const askedMs = performance.now();
    const answer = await this.#process.run(last, { signal });
    this.#tookMs += SMOOTHING * (performance.now() - askedMs - this.#tookMs);
    return answer;
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
