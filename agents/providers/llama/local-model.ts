import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { childProcess, type Peer, type Start } from '../../base/peers.ts';
import type { FromModel, Line, ModelOptions, Question, ToModel } from './messages.ts';

/** So many wait for a place at most: who comes after that is answered by another [C2]. */
const MOST_WAITING = 8;
/** It writes nothing for so long: it hangs. Reading thousands of tokens on a slow machine takes its time. */
const HUNG_MS = 60_000;

export interface Answered {
  calls: readonly { name: string; params: unknown }[];
  inputTokens: number;
  outputTokens: number;
}

export interface LocalModelDeps {
  clock: Clock;
  loaded(loadMs: number): void;
  lost(reason: string): void;
  /** Starts what the model runs in; by default a process of its own. */
  start?: Start<FromModel>;
}

interface Asked {
  text(text: string): void;
  done(answer: Answered): void;
  failed(error: ProviderError): void;
}

const inProcess = (options: ModelOptions) =>
  childProcess<FromModel>(new URL('./llama-main.ts', import.meta.url), [JSON.stringify(options)]);

/**
 * A model in a process of its own, for several conversations. It is started for the first persona that needs it, and
 * again where it ended: what was being answered is lost then.
 */
export class LocalModel {
  readonly #options: ModelOptions;
  readonly #deps: LocalModelDeps;
  readonly #asked = new Map<number, Asked>();
  #peer: Peer | undefined;
  #unusable: string | undefined;
  #nextId = 1;
  #cancelWatch: (() => void) | undefined;
  #closed = false;

  constructor(options: ModelOptions, deps: LocalModelDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get pids(): number[] {
    return this.#peer?.pid === undefined ? [] : [this.#peer.pid];
  }

  /** Questions that are being answered, or wait. */
  get waiting(): number {
    return this.#asked.size;
  }

  /** Reads what a conversation will begin with; where it cannot, that is told when somebody asks. */
  warm(lines: readonly Line[]): void {
    if (this.#closed || this.#unusable !== undefined) return;
    this.#post({ type: 'warm', lines });
  }

  /**
   * The words of an answer as they are written; then what the model wants called. Throws ProviderError; when called off,
   * the signal's reason, at once.
   */
  async *ask(question: Question, { signal }: { signal: AbortSignal }): AsyncGenerator<string, Answered> {
    signal.throwIfAborted();
    if (this.#asked.size >= this.#options.conversations + MOST_WAITING)
      throw new ProviderError('quota', 'the local model has too much to do', { retryable: true });
    const id = this.#nextId++;
    const come: string[] = [];
    let wake = () => {};
    let answer: Answered | undefined;
    let failure: unknown;
    const told = (change: () => void) => {
      change();
      wake();
    };
    const abort = () => told(() => (failure = signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    this.#asked.set(id, {
      text: text => told(() => come.push(text)),
      done: answered => told(() => (answer = answered)),
      failed: error => told(() => (failure ??= error)),
    });
    try {
      this.#post({ type: 'ask', id, question });
      while (true) {
        if (failure !== undefined) throw failure;
        const next = come.shift();
        if (next !== undefined) yield next;
        else if (answer !== undefined) return answer;
        else
          await new Promise<void>(resolve => {
            wake = resolve;
            if (failure !== undefined || answer !== undefined || come.length > 0) resolve();
          });
      }
    } finally {
      signal.removeEventListener('abort', abort);
      this.#asked.delete(id);
      if (answer === undefined) this.#peer?.post({ type: 'cancel', id } satisfies ToModel, []);
      this.#watch();
    }
  }

  /** What is being answered fails; the process is gone afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWatch?.();
    const peer = this.#peer;
    this.#peer = undefined;
    this.#fail(new ProviderError('internal', 'the local model is closed', { retryable: false }));
    await peer?.end();
  }

  #post(message: ToModel): void {
    if (this.#unusable !== undefined) throw this.#unusableError(this.#unusable);
    if (this.#closed) throw new ProviderError('internal', 'the local model is closed', { retryable: false });
    const { start = inProcess(this.#options) } = this.#deps;
    this.#peer ??= start({
      told: told => this.#told(told),
      failed: reason => this.#ended(reason),
    });
    this.#peer.post(message, []);
    this.#watch();
  }

  #told(message: FromModel): void {
    if (this.#closed) return;
    this.#watch();
    if (message.type === 'ready') this.#deps.loaded(message.loadMs);
    else if (message.type === 'unusable') {
      this.#unusable = message.reason;
      this.#fail(this.#unusableError(message.reason));
      this.#deps.lost(message.reason);
      void this.#drop()?.end();
    } else if (message.type === 'text') this.#asked.get(message.id)?.text(message.text);
    else if (message.type === 'done') this.#asked.get(message.id)?.done(message);
    else
      this.#asked
        .get(message.id)
        ?.failed(new ProviderError('internal', `the local model failed: ${message.reason}`, { retryable: true }));
  }

  /** While something is asked, something must come. */
  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
    if (this.#closed || this.#asked.size === 0) return;
    this.#cancelWatch = this.#deps.clock.after(HUNG_MS, () => {
      void this.#drop()?.end();
      this.#ended('it hung');
    });
  }

  #drop(): Peer | undefined {
    const peer = this.#peer;
    this.#peer = undefined;
    return peer;
  }

  #ended(reason: string): void {
    if (this.#closed) return;
    this.#drop();
    this.#deps.lost(reason);
    this.#fail(new ProviderError('network', `the local model ended: ${reason}`, { retryable: true }));
  }

  #fail(error: ProviderError): void {
    for (const asked of this.#asked.values()) asked.failed(error);
  }

  #unusableError(reason: string): ProviderError {
    return new ProviderError('model', `${this.#options.file} cannot be used: ${reason}`, { retryable: false });
  }
}
