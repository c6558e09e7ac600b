import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { childProcess, type Start } from '../../../base/peers.ts';
import { WorkerQueue, type WorkerReply } from '../../../base/worker-queue.ts';
import type { Reading, VoiceSense } from '../../../feel/ports.ts';
import type { RecognitionCapabilities, SpeechToText, Transcript } from '../../../listen/ports.ts';
import { type SpeechLine, type SpeechLineEvents, StreamedRecognizer } from '../../../listen/streamed.ts';
import { feelingOf } from './feeling.ts';
import type { EarsAnswer, EarsRequest, EarsStart } from './messages.ts';

/** Loading a gigabyte takes a while; reading half a minute of speech on a slow core, too. */
const HUNG_MS = 60_000;
/** Utterances that wait; a reading of words so far that would have to wait is refused instead [C2]. */
const MOST_WAITING = 32;
/** For the words of what was said last. */
const PATIENCE_MS = 5000;
/** So much of a stream is sent at once: 100 ms. */
const PIECE = 1600;

export interface EarsDeps {
  clock: Clock;
  lost(): void;
  /** Starts the process; by default one of its own. */
  start?: Start<WorkerReply<EarsAnswer>>;
}

const inProcess = (start: EarsStart) =>
  childProcess<WorkerReply<EarsAnswer>>(new URL('./ears-main.ts', import.meta.url), [JSON.stringify(start)]);

/** A model that somebody has, in a process of its own: for whoever hears words, and whoever hears feelings. */
export class Ears {
  readonly #process: WorkerQueue<EarsRequest, EarsAnswer>;
  readonly #clock: Clock;
  #streams = 0;

  constructor(how: EarsStart, { clock, lost, start = inProcess(how) }: EarsDeps) {
    this.#clock = clock;
    this.#process = new WorkerQueue(start, { name: 'recognizer', hungMs: HUNG_MS, lost });
  }

  get pids(): number[] {
    return this.#process.pid === undefined ? [] : [this.#process.pid];
  }
  get waiting(): number {
    return this.#process.waiting;
  }

  /**
   * Reads whole utterances.
   * @param fixed the language that is spoken, whatever the persona's
   * @param languages those that it hears: another is not asked for
   */
  recognizer(
    fixed: string | undefined,
    languages: readonly string[] | undefined,
  ): SpeechToText & { close(): Promise<void> } {
    return {
      transcribe: async (pcm, { signal, final, language = fixed }): Promise<Transcript> => {
        signal.throwIfAborted();
        if (final ? this.waiting >= MOST_WAITING : this.waiting > 0)
          throw new ProviderError('quota', 'the recognizer is busy', { retryable: true });
        const spoken = fixed ?? language;
        const heard = spoken !== undefined && languages?.includes(spoken) !== false ? spoken : undefined;
        const { text } = await this.#process.run({ type: 'read', pcm, language: heard }, { signal });
        return { text };
      },
      close: () => this.close(),
    };
  }

  /** Reads sound as it comes. */
  streamed(capabilities: RecognitionCapabilities): StreamedRecognizer & { close(): Promise<void> } {
    const options = {
      clock: this.#clock,
      patienceMs: PATIENCE_MS,
      capabilities,
      open: async (events: SpeechLineEvents) => this.#line(events),
    };
    return Object.assign(new StreamedRecognizer(options), { close: () => this.close() });
  }

  /** Hears how something is said. */
  get feelings(): VoiceSense & { close(): Promise<void> } {
    return {
      hear: async (_speaker, _utterance, pcm, { signal }): Promise<Reading | undefined> => {
        signal.throwIfAborted();
        // Whoever waits for words goes first.
        if (this.waiting > MOST_WAITING / 2) return undefined;
        return feelingOf(await this.#process.run({ type: 'read', pcm }, { signal, dueMs: performance.now() + 1000 }));
      },
      // It knows nobody.
      forget: () => {},
      close: () => this.close(),
    };
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  #line(events: SpeechLineEvents): SpeechLine {
    const id = ++this.#streams;
    const stop = new AbortController();
    const over = Promise.withResolvers<ProviderError | undefined>();
    /** Nothing more is told, and the process, or the one after it, forgets the stream. */
    const end = (error?: ProviderError) => {
      if (stop.signal.aborted) return;
      stop.abort(new ProviderError('internal', 'the recognition is over', { retryable: false }));
      over.resolve(error);
      this.#process.run({ type: 'over', id }, { signal: AbortSignal.timeout(HUNG_MS) }).catch(() => {});
    };
    let waiting: Int16Array[] = [];
    let samples = 0;
    const send = (flush: boolean) => {
      const pcm = new Int16Array(samples);
      let at = 0;
      for (const part of waiting) {
        pcm.set(part, at);
        at += part.length;
      }
      [waiting, samples] = [[], 0];
      this.#process.run({ type: 'stream', id, pcm, flush }, { signal: stop.signal }).then(
        ({ text }) => {
          if (stop.signal.aborted) return;
          if (!flush) return events.partial(text);
          events.final(text);
          events.settled();
        },
        (error: unknown) => end(error as ProviderError),
      );
    };
    return {
      push: pcm => {
        waiting.push(pcm);
        samples += pcm.length;
        if (samples >= PIECE) send(false);
      },
      flush: () => send(true),
      over: over.promise,
      close: () => end(),
    };
  }
}
