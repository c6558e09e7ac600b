import type { Clock } from '../../agents/base/clock.ts';
import { ProviderError, type ProviderErrorCategory } from '../../agents/base/errors.ts';

/** Where acme is, and who asks. */
export interface Endpoint {
  baseUrl: string;
  apiKey: string;
  clock: Clock;
  /** For the next piece of an answer. */
  patienceMs: number;
}

/** For all pieces of an answer, without the time that the reader takes. */
const MOST_MS = 60_000;
/** By HTTP status; from 500 on it is `network`, everything else is `internal`. */
const CATEGORIES: Readonly<Record<number, ProviderErrorCategory>> = {
  400: 'bad-input',
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'model',
  413: 'bad-input',
  429: 'quota',
};

/**
 * Asks acme one thing, and passes on the bytes of its answer as they come. Whatever ends this hangs up.
 * @param mostBytes of the whole answer
 * @throws ProviderError, or the signal's reason at once when it fires
 */
export async function* ask(
  { baseUrl, apiKey, clock, patienceMs }: Endpoint,
  path: string,
  body: object,
  { mostBytes, signal }: { mostBytes: number; signal: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> {
  const hangUp = new AbortController();
  const stop = AbortSignal.any([signal, hangUp.signal]);
  const tooSlow = () => hangUp.abort(new ProviderError('network', 'acme takes too long', { retryable: true }));
  let leftMs = MOST_MS;
  const waiting = () => {
    const sinceMs = clock.nowMs();
    const cancel = clock.after(Math.min(patienceMs, leftMs), tooSlow);
    return () => {
      cancel();
      leftMs -= clock.nowMs() - sinceMs;
    };
  };
  let came = waiting();
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: stop,
    });
    if (!response.ok) throw refusal(response.status);
    // Not left to fetch alone: it holds its answers weakly, and forgets the signal of one that was collected.
    const answer = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal: stop });
    let bytes = 0;
    for await (const piece of answer ?? []) {
      came();
      bytes += piece.length;
      if (bytes > mostBytes) throw new ProviderError('internal', 'the answer has no end', { retryable: false });
      yield piece;
      came = waiting();
    }
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('network', 'acme cannot be reached, or hung up', { retryable: true, cause: error });
  } finally {
    came();
    hangUp.abort();
  }
}

function refusal(status: number): ProviderError {
  const category = CATEGORIES[status] ?? (status >= 500 ? 'network' : 'internal');
  return new ProviderError(category, `acme answers with status ${status}`, {
    retryable: category === 'network' || status === 429,
  });
}
