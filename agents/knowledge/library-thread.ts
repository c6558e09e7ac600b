/** Thread that reads and finds documents: a host's event loop has other things to do. */
import { parentPort } from 'node:worker_threads';
import { NICE, placeThread } from '../../telemetry/priority.ts';
import type { WorkerReply, WorkerRequest } from '../base/worker-queue.ts';
import { type Found, Library, type Meaning } from './library.ts';

export type LibraryQuestion = { folder: string; kept: string } & (
  | { refresh: true }
  | { find: string; meaning?: Meaning }
  /** Passages without a vector of this embedder. */
  | { unembedded: string; most: number }
  | { embedded: string; texts: readonly string[]; vectors: readonly Float32Array[] }
);
/** What was found; of a refresh, what could not be read. */
export type LibraryAnswer = { found: Found[] } | { problems: string[] } | { texts: string[] };

placeThread(NICE.later);
const libraries = new Map<string, Library>();
let problems: string[] = [];

function libraryOf({ folder, kept }: LibraryQuestion): Library {
  const known = libraries.get(folder) ?? new Library(folder, kept, problem => problems.push(problem));
  libraries.set(folder, known);
  return known;
}

async function answer(question: LibraryQuestion): Promise<LibraryAnswer> {
  const library = libraryOf(question);
  if ('find' in question) return { found: library.find(question.find, question.meaning) };
  if ('unembedded' in question) return { texts: await library.unembedded(question.unembedded, question.most) };
  if ('embedded' in question) {
    await library.embedded(question.embedded, question.texts, question.vectors);
    return { problems: [] };
  }
  problems = [];
  await library.refresh();
  return { problems };
}

parentPort!.on('message', async ({ id, request }: WorkerRequest<LibraryQuestion>) => {
  const reply: WorkerReply<LibraryAnswer> = await answer(request).then(
    given => ({ id, answer: given }),
    error => ({ id, error: String((error as Error).message) }),
  );
  parentPort!.postMessage(reply);
});
