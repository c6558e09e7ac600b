import type { Clock } from './clock.ts';

export const PAUSE = Symbol('pause');

/**
 * Passes on what `source` yields, and {@link PAUSE} whenever the next item takes longer than `pauseMs`: once, or, where
 * that is a function of how often it was told, as often as there is a time for.
 */
export async function* withPauses<T>(
  source: AsyncIterable<T>,
  clock: Clock,
  pauseMs: number | ((told: number) => number | undefined),
): AsyncGenerator<T | typeof PAUSE, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const afterMs = typeof pauseMs === 'number' ? (told: number) => (told === 0 ? pauseMs : undefined) : pauseMs;
  let finished = false;
  try {
    while (true) {
      const next = iterator.next();
      next.catch(() => {});
      for (let told = 0; ; told++) {
        const ms = afterMs(told);
        if (ms === undefined || !(await isLate(next, clock, ms))) break;
        yield PAUSE;
      }
      const item = await next;
      if (item.done === true) {
        finished = true;
        return;
      }
      yield item.value;
    }
  } finally {
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

async function isLate(next: Promise<unknown>, clock: Clock, ms: number): Promise<boolean> {
  const pause = Promise.withResolvers<typeof PAUSE>();
  const cancelTimer = clock.after(ms, () => pause.resolve(PAUSE));
  try {
    return (await Promise.race([next, pause.promise])) === PAUSE;
  } finally {
    cancelTimer();
  }
}
