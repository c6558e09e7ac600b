import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Pattern, patternsOf } from './find.ts';
import { scriptPatternsOf } from './scripts.ts';
import type { Timed, Timing } from './worker.ts';

/** All attacks on a pattern that have taken so long are given up, ms. */
const GIVEN_UP_MS = 30_000;
const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a pattern took at most. */
export interface Slow extends Timed {
  source: string;
  file: string;
}

/** Of every pattern of the project, and of the scripts of its personas, the one that hostile text keeps busy longest. */
export async function slowestPattern(): Promise<Slow> {
  const written = patternsOf(ROOT).literals.map(pattern => ({ ...pattern, heard: false }));
  const heard = (await scriptPatternsOf(ROOT)).map(pattern => ({ ...pattern, heard: true }));
  return (await slowestOf([...written, ...heard]))[0]!;
}

/** Times patterns against hostile text, the slowest first. One that does not come to an end is stopped. */
export async function slowestOf(
  patterns: readonly (Pattern & Pick<Timing, 'heard'>)[],
  givenUpMs = GIVEN_UP_MS,
): Promise<Slow[]> {
  const found: Slow[] = [];
  let worker: Worker | undefined;
  try {
    for (const { source, flags, heard, file } of patterns) {
      worker ??= new Worker(new URL('./worker.ts', import.meta.url));
      const answer = await asked(worker, { source, flags, heard }, givenUpMs);
      found.push({ source, file, ...(answer ?? { ms: givenUpMs }) });
      if (answer !== undefined) continue;
      await worker.terminate();
      worker = undefined;
    }
  } finally {
    await worker?.terminate();
  }
  return found.toSorted((a, b) => b.ms - a.ms);
}

/** Undefined where no answer comes in time. */
function asked(worker: Worker, timing: Timing, withinMs: number): Promise<Timed | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Timed | undefined>();
  const timer = setTimeout(resolve, withinMs);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.postMessage(timing);
  return promise.finally(() => {
    clearTimeout(timer);
    // Not all: a worker listens to itself.
    worker.removeAllListeners('message');
    worker.removeAllListeners('error');
  });
}
