import { Worker } from 'node:worker_threads';
import type { Attack } from './hostile.ts';
import type { Timing } from './worker.ts';

/** A pattern that has taken so long is given up, ms. */
export const GIVEN_UP_MS = 5000;

/** What a pattern took at most, and for what. */
export interface Slow {
  ms: number;
  source: string;
  file: string;
  attack?: Attack;
}

/**
 * Times patterns against hostile text, each as long as `most` says, the slowest first. One that does not come to an
 * end is stopped after {@link GIVEN_UP_MS}.
 */
export async function slowestOf(patterns: readonly (Timing & { file: string })[]): Promise<Slow[]> {
  const found: Slow[] = [];
  let worker: Worker | undefined;
  try {
    for (const { source, flags, most, file } of patterns) {
      worker ??= new Worker(new URL('./worker.ts', import.meta.url));
      const answer = await asked(worker, { source, flags, most });
      found.push({ source, file, ...(answer ?? { ms: GIVEN_UP_MS }) });
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
function asked(worker: Worker, timing: Timing): Promise<{ ms: number; attack?: Attack } | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<{ ms: number; attack?: Attack } | undefined>();
  const timer = setTimeout(resolve, GIVEN_UP_MS);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.postMessage(timing);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.removeAllListeners('message');
    worker.removeAllListeners('error');
  });
}
