import type { Clock } from '../base/clock.ts';
import { WorkerQueue } from '../base/worker-queue.ts';
import type { Found } from './library.ts';
import type { LibraryAnswer, LibraryQuestion } from './library-thread.ts';

/** Folders are looked through again when somebody asks, but not more often. */
const REFRESH_MS = 10_000;
/** Reading hundreds of documents takes its time. */
const HUNG_MS = 10 * 60_000;

export interface KnowledgeDeps {
  clock: Clock;
  /** Folder for what is worked out. */
  kept: string;
  /** Told of documents, or folders, that cannot be read, each time this changes. */
  report(problem: string): void;
  lost(): void;
}

/** What personas have read: folders of documents, looked things up in by a thread of its own. */
export class Knowledge {
  readonly #deps: KnowledgeDeps;
  /** Since when a folder's documents are as they are known. */
  readonly #refreshedMs = new Map<string, number>();
  readonly #told = new Map<string, string>();
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
      });
  }

  /** Passages of a folder that fit a question, best first. Rejects with the signal's reason, or a ProviderError. */
  async find(folder: string, question: string, { signal }: { signal: AbortSignal }): Promise<Found[]> {
    this.refresh(folder);
    const answer = await this.#ask({ folder, find: question }, signal);
    return 'found' in answer ? answer.found : [];
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  #ask(question: { folder: string } & ({ refresh: true } | { find: string }), signal: AbortSignal) {
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
    return this.#thread.run({ ...question, kept }, { signal });
  }
}
