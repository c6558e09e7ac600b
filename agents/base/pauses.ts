import type { Clock } from './clock.ts';

export const PAUSE = Symbol('pause');

/** Passes on what `source` yields, and {@link PAUSE} once whenever the next item takes longer than `pauseMs`. */
export async function* withPauses<T>(
  source: AsyncIterable<T>,
  clock: Clock,
  pauseMs: number,
): AsyncGenerator<T | typeof PAUSE, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let finished = false;
  try {
    while (true) {
      const next = iterator.next();
      const pause = Promise.withResolvers<typeof PAUSE>();
      const cancelTimer = clock.after(pauseMs, () => pause.resolve(PAUSE));
      try {
        if ((await Promise.race([next, pause.promise])) === PAUSE) yield PAUSE;
        const item = await next;
        if (item.done === true) {
          finished = true;
          return;
        }
        yield item.value;
      } finally {
        cancelTimer();
        next.catch(() => {});
      }
    }
  } finally {
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
