import { WorkerQueue } from '../../base/worker-queue.ts';
import type { Reading, VoiceSense } from '../../feel/ports.ts';
import type { VoiceAnswer, VoiceQuestion } from './voice-thread.ts';

const HUNG_MS = 5000;

/** {@link VoiceSense} in a watched thread: the session's event loop has other things to do. */
export class VoiceSensor implements VoiceSense {
  readonly #thread: WorkerQueue<VoiceQuestion, VoiceAnswer>;

  /** @param lost told when its thread has failed */
  constructor(lost?: () => void) {
    const file = new URL('./voice-thread.ts', import.meta.url);
    this.#thread = new WorkerQueue(file, { name: 'voice sensor', hungMs: HUNG_MS, lost });
  }

  get waiting(): number {
    return this.#thread.waiting;
  }

  async hear(
    speaker: string,
    utteranceId: string,
    pcm: Int16Array,
    { signal }: { signal: AbortSignal },
  ): Promise<Reading | undefined> {
    const samples = Int16Array.from(pcm);
    const answer = await this.#thread.run(
      { speaker, utteranceId, pcm: samples },
      { signal, transfer: [samples.buffer] },
    );
    return answer ?? undefined;
  }

  forget(speaker: string): void {
    this.#thread.run({ forget: speaker }, { signal: new AbortController().signal }).catch(() => {
      // A thread that is gone has forgotten everybody.
    });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
