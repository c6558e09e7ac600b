import { unlessAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { WorkerQueue } from '../base/worker-queue.ts';
import type { Found, Meaning } from './library.ts';
import type { LibraryAnswer, LibraryQuestion } from './library-thread.ts';
import type { Embedder } from './ports.ts';

/** Folders are looked through again when somebody asks, but not more often. */
const REFRESH_MS = 10_000;
/** Reading hundreds of documents takes its time. */
const HUNG_MS = 10 * 60_000;

/** Passages whose vectors are asked for at once. */
const BATCH = 64;
/** The meaning of a question is not waited for longer: its words are enough. */
const MEANING_MS = 220;
const EMBEDDING_MS = 60_000;

export interface KnowledgeDeps {
  clock: Clock;
  /** Makes vectors; absent: things are found by their words alone. */
  embedder?: Embedder;
  /** Folder for what is worked out. */
  kept: string;
  /** Told of documents, or folders, that cannot be read, each time this changes. */
  report(problem: string): void;
  lost(): void;
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type WithoutKept = Without<LibraryQuestion, 'kept'>;

/** What personas have read: folders of documents, looked things up in by a thread of its own. */
export class Knowledge {
  readonly #deps: KnowledgeDeps;
  /** Since when a folder's documents are as they are known. */
  readonly #refreshedMs = new Map<string, number>();
  readonly #told = new Map<string, string>();
  readonly #embedding = new Set<string>();
  /** Why a folder's meaning is not known, as it was told. */
  readonly #wordsAlone = new Map<string, string>();
  readonly #closing = new AbortController();
  #thread: WorkerQueue<LibraryQuestion, LibraryAnswer> | undefined;

  constructor(deps: KnowledgeDeps) {
    this.#deps = deps;
  }

  /** Reads a folder before anybody asks, or again where it has changed. */
  refresh(folder: string): void {
    const { clock, report } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs - (this.#refreshedMs.get(folder) ?? Number.NEGATIVE_INFINITY) < REFRESH_MS) return;
    this.#refreshedMs.set(folder, nowMs);
    this.#ask({ folder, refresh: true }, new AbortController().signal)
      .then(
        answer => ('problems' in answer ? answer.problems : []),
        error => [`${folder} cannot be read: ${(error as Error).message}`],
      )
      .then(problems => {
        const told = problems.join('\n');
        if (told !== (this.#told.get(folder) ?? '')) for (const problem of problems) report(problem);
        this.#told.set(folder, told);
      })
      .then(() => this.#embed(folder));
  }

  /** Passages of a folder that fit a question, best first. Rejects with the signal's reason, or a ProviderError. */
  async find(folder: string, question: string, { signal }: { signal: AbortSignal }): Promise<Found[]> {
    this.refresh(folder);
    const meaning = await this.#meaning(question, signal);
    const answer = await this.#ask({ folder, find: question, ...(meaning && { meaning }) }, signal);
    return 'found' in answer ? answer.found : [];
  }

  async #meaning(question: string, signal: AbortSignal): Promise<Meaning | undefined> {
    const { embedder } = this.#deps;
    if (embedder === undefined) return undefined;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(MEANING_MS)]);
    try {
      const [vector] = await unlessAborted(embedder.embed([question], { signal: bounded }), bounded);
      return vector && { vector, near: embedder.near };
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Has vectors made for what has none; what fails is tried again when the folder is looked through again. */
  async #embed(folder: string): Promise<void> {
    const { embedder, report } = this.#deps;
    if (embedder === undefined || this.#embedding.has(folder)) return;
    this.#embedding.add(folder);
    const { identity } = embedder;
    const { signal } = this.#closing;
    try {
      while (true) {
        const answer = await this.#ask({ folder, unembedded: identity, most: BATCH }, signal);
        const texts = 'texts' in answer ? answer.texts : [];
        if (texts.length === 0) {
          this.#wordsAlone.delete(folder);
          return;
        }
        const bounded = AbortSignal.any([signal, AbortSignal.timeout(EMBEDDING_MS)]);
        const vectors = await embedder.embed(texts, { signal: bounded });
        if (vectors.length < texts.length) throw new Error('it made fewer vectors than it was asked for');
        await this.#ask({ folder, embedded: identity, texts, vectors }, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      const problem = `the passages of ${folder} are found by their words alone: ${(error as Error).message}`;
      if (this.#wordsAlone.get(folder) !== problem) report(problem);
      this.#wordsAlone.set(folder, problem);
    } finally {
      this.#embedding.delete(folder);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the library is closed'));
    await this.#thread?.close();
  }

  #ask(question: WithoutKept, signal: AbortSignal) {
    const { kept, lost } = this.#deps;
    this.#thread ??= new WorkerQueue(new URL('./library-thread.ts', import.meta.url), {
      name: 'library',
      hungMs: HUNG_MS,
      lost: () => {
        // The next thread has read nothing.
        this.#refreshedMs.clear();
        lost();
      },
    });
    return this.#thread.run({ ...question, kept } as LibraryQuestion, { signal });
  }
}
