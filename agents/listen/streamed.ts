import { unlessAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import type { Recognition, RecognitionCapabilities, RecognitionEvents, Recognizer, Transcript } from './ports.ts';

/** A vendor's stream of one person's speech. */
export interface SpeechLine {
  /** 16 kHz mono. */
  push(pcm: Int16Array): void;
  /** Asks for the words of all that was pushed: they come, and then `settled`. */
  flush(): void;
  /** Nothing comes, but it is to stay. */
  keepAlive?(): void;
  /** Resolves when it is over, with the reason unless it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  close(): void;
}

export interface SpeechLineEvents {
  /** Words that will not change; they go on from those before. */
  final(text: string): void;
  /** What may be said after the last that was final; replaces what was told before. */
  partial(text: string): void;
  /** How sure the vendor is that the person is done, where it hears that. */
  done(probability: number): void;
  /** All that was flushed is told. */
  settled(): void;
  /** The vendor says that it cannot go on: the line is closed. */
  failed(error: ProviderError): void;
}

export interface StreamedOptions {
  clock: Clock;
  /** For the line, and for the words of what was flushed. */
  patienceMs: number;
  open(events: SpeechLineEvents, signal: AbortSignal): Promise<SpeechLine>;
  /** By default words so far come, without times. */
  capabilities?: RecognitionCapabilities;
}

/** Sound that waits for its line, at most; samples. */
const MOST_WAITING = 60 * 16_000;
/** A line on which nobody speaks is told so often that it is to stay. */
const KEEP_ALIVE_MS = 4000;

/** A recognizer of vendors that are sent sound as it comes, once. A line is opened when somebody first speaks. */
export class StreamedRecognizer implements Recognizer {
  readonly capabilities: RecognitionCapabilities;
  readonly #options: StreamedOptions;

  constructor(options: StreamedOptions) {
    this.#options = options;
    this.capabilities = options.capabilities ?? { partials: 'cheap', words: false };
  }

  open(_speaker: string, on: RecognitionEvents): Recognition {
    return new StreamedRecognition(this.#options, on);
  }
}

class StreamedRecognition implements Recognition {
  readonly #options: StreamedOptions;
  readonly #on: RecognitionEvents;
  readonly #closed = new AbortController();
  #line: SpeechLine | undefined;
  #opening: Promise<void> | undefined;
  #failure: ProviderError | undefined;
  #waiting: Int16Array[] = [];
  #waitingSamples = 0;
  #words: string[] = [];
  /** Sound was sent whose words were not asked for. */
  #dirty = false;
  /** Asked for, and not there yet; those of a stretch that is over come first. */
  #flushes = 0;
  #stale = 0;
  #wake: (() => void)[] = [];
  #stopKeeping = () => {};

  constructor(options: StreamedOptions, on: RecognitionEvents) {
    this.#options = options;
    this.#on = on;
  }

  push(pcm: Int16Array): void {
    // Of a stretch that cannot be read no more is sent; it is another's to read.
    if (this.#closed.signal.aborted || this.#failure !== undefined) return;
    this.#dirty = true;
    if (this.#line !== undefined) {
      this.#line.push(pcm);
      return;
    }
    this.#waiting.push(pcm);
    this.#waitingSamples += pcm.length;
    while (this.#waitingSamples > MOST_WAITING) this.#waitingSamples -= this.#waiting.shift()!.length;
    this.#opening ??= this.#open();
  }

  async settle({ signal }: { signal: AbortSignal }): Promise<Transcript> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const { clock, patienceMs } = this.#options;
    const late = new AbortController();
    const slow = new ProviderError('network', `no words in ${patienceMs} ms`, { retryable: true });
    const stopWaiting = clock.after(patienceMs, () => late.abort(slow));
    const stop = AbortSignal.any([signal, late.signal, this.#closed.signal]);
    try {
      if (this.#opening !== undefined) await unlessAborted(this.#opening, stop);
      if (this.#dirty && this.#failure === undefined) this.#flush();
      while (this.#flushes > 0 && this.#failure === undefined) {
        const told = new Promise<void>(resolve => this.#wake.push(resolve));
        await unlessAborted(told, stop);
      }
      if (this.#failure !== undefined) throw this.#failure;
      return { text: this.#words.join(' ') };
    } finally {
      stopWaiting();
    }
  }

  discard(): void {
    this.#words = [];
    this.#waiting = [];
    this.#waitingSamples = 0;
    this.#failure = undefined;
    // What was said of it is still on its way.
    if (this.#dirty && this.#line !== undefined) this.#flush();
    this.#dirty = false;
    this.#stale = this.#flushes;
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new ProviderError('internal', 'the recognition is closed', { retryable: false }));
    this.#stopKeeping();
    this.#line?.close();
    this.#line = undefined;
    this.#tell();
  }

  #flush(): void {
    this.#dirty = false;
    if (this.#line === undefined) return;
    this.#flushes++;
    this.#line.flush();
  }

  async #open(): Promise<void> {
    const { open, clock, patienceMs } = this.#options;
    const late = new AbortController();
    const slow = new ProviderError('network', `no line in ${patienceMs} ms`, { retryable: true });
    const stopWaiting = clock.after(patienceMs, () => late.abort(slow));
    const signal = AbortSignal.any([this.#closed.signal, late.signal]);
    try {
      const line = await unlessAborted(open(this.#events(), signal), signal);
      if (signal.aborted) {
        line.close();
        throw signal.reason;
      }
      this.#line = line;
      void line.over.then(error => this.#over(line, error));
      for (const pcm of this.#waiting.splice(0)) line.push(pcm);
      this.#waitingSamples = 0;
      this.#keep();
    } catch (error) {
      this.#failure = error as ProviderError;
      this.#waiting = [];
      this.#waitingSamples = 0;
    } finally {
      stopWaiting();
      this.#opening = undefined;
    }
  }

  #events(): SpeechLineEvents {
    return {
      final: text => {
        if (this.#stale > 0 || text.trim() === '') return;
        this.#words.push(text.trim());
        this.#on.partial(this.#words.join(' '));
      },
      partial: text => {
        if (this.#stale === 0 && text.trim() !== '') this.#on.partial([...this.#words, text.trim()].join(' '));
      },
      done: probability => {
        if (this.#stale === 0) this.#on.done?.(probability);
      },
      settled: () => {
        this.#flushes = Math.max(0, this.#flushes - 1);
        this.#stale = Math.max(0, this.#stale - 1);
        this.#tell();
      },
      failed: error => {
        const line = this.#line;
        if (line === undefined) return;
        line.close();
        this.#over(line, error);
      },
    };
  }

  #over(line: SpeechLine, error: ProviderError | undefined): void {
    if (this.#line !== line) return;
    this.#stopKeeping();
    this.#line = undefined;
    // Where nobody is waiting for words, none are lost: the next to speak opens another.
    if (this.#flushes > this.#stale || this.#dirty)
      this.#failure = error ?? new ProviderError('network', 'the line is over', { retryable: true });
    this.#flushes = 0;
    this.#stale = 0;
    this.#tell();
  }

  #keep(): void {
    this.#stopKeeping = this.#options.clock.after(KEEP_ALIVE_MS, () => {
      this.#line?.keepAlive?.();
      this.#keep();
    });
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
