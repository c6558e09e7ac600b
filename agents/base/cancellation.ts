/** Why something was stopped; the reason of a turn's AbortSignal. */
export class Cancelled extends Error {
  override name = 'Cancelled';
  /** Nobody waits for it any more, but what it was to find out is still wanted. */
  readonly stillWanted: boolean;

  constructor(reason: string, { stillWanted = false } = {}) {
    super(reason);
    this.stillWanted = stillWanted;
  }
}

/**
 * Passes on what `source` yields until the signal fires; then ends at once with its reason, whatever the source
 * does: local silence never waits for a vendor [T6]. The source is asked to return, but not waited for.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let finished = false;
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await Promise.race([iterator.next(), aborted.promise]);
      signal.throwIfAborted();
      if (next.done === true) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** As {@link untilAborted} for a single value. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody may be waiting any more when it fails.
  work.catch(() => {});
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Asks for the first value now, not when somebody reads it. Whoever does not read it returns it. */
export function begun<T>(source: AsyncGenerator<T, void, undefined>): AsyncIterableIterator<T, void, undefined> {
  let first: Promise<IteratorResult<T, void>> | undefined = source.next();
  // Its failure is whoever's who reads.
  first.catch(() => {});
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      const next = first ?? source.next();
      first = undefined;
      return next;
    },
    return: () => source.return(),
  };
}
