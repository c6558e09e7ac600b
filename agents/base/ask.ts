/** Questions over HTTP, as a vendor may be asked: with deadlines, bounds and errors by category. */
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import { ProviderError, type ProviderErrorCategory } from './errors.ts';
import { formBytes } from './form.ts';
import { Patience } from './patience.ts';

/** Where a vendor is, and who asks. */
export interface Endpoint {
  /** In errors. */
  name: string;
  baseUrl: string;
  headers?: Readonly<Record<string, string>>;
  clock: Clock;
  /** For the next piece of an answer. */
  patienceMs: number;
  /** What a refusal means, where its status does not tell: by its text, of which nothing is kept. */
  means?(status: number, text: string): ProviderErrorCategory | undefined;
}

export interface Question {
  /** JSON, or a form as it is. */
  body: object;
  /** Of the whole answer. */
  mostBytes: number;
  signal: AbortSignal;
}

/** For all pieces of an answer, without the time that the reader takes. */
const MOST_MS = 60_000;
/** Of a refusal, so much is looked at, characters. */
const REFUSAL_LENGTH = 2000;
/** By HTTP status; from 500 on it is `network`, everything else is `internal`. */
const CATEGORIES: Readonly<Record<number, ProviderErrorCategory>> = {
  400: 'bad-input',
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'model',
  413: 'bad-input',
  422: 'bad-input',
  429: 'quota',
};

/**
 * Posts JSON or a form, and passes on the bytes of the answer as they come. Whatever ends this hangs up; redirects are not
 * followed.
 * @throws ProviderError, or the signal's reason at once when it fires
 */
export async function* ask(
  { name, baseUrl, headers, clock, patienceMs, means }: Endpoint,
  path: string,
  { body, mostBytes, signal }: Question,
): AsyncGenerator<Uint8Array, void, undefined> {
  const patience = new Patience(patienceMs, MOST_MS, clock);
  const stop = AbortSignal.any([signal, patience.signal]);
  const form = body instanceof FormData ? await formBytes(body) : undefined;
  const sent = form ?? { bytes: JSON.stringify(body), contentType: 'application/json' };
  patience.wait();
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': sent.contentType },
      body: sent.bytes,
      redirect: 'error',
      signal: stop,
    });
    if (!response.ok) {
      const told = means && (await response.text()).slice(0, REFUSAL_LENGTH);
      throw refusal(name, response.status, means?.(response.status, told ?? ''));
    }
    // Not left to fetch alone: it holds its answers weakly, and forgets the signal of one that was collected.
    const answer = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal: stop });
    let bytes = 0;
    for await (const piece of answer ?? []) {
      patience.rest();
      bytes += piece.length;
      if (bytes > mostBytes) throw new ProviderError('internal', `${name} answers without end`, { retryable: false });
      yield piece;
      patience.wait();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (patience.signal.aborted) throw new ProviderError('network', `${name} takes too long`, { retryable: true });
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('network', `${name} cannot be reached, or hung up`, { retryable: true, cause: error });
  } finally {
    patience.end();
  }
}

/** The lines of a text whose bytes are cut anywhere, each read as JSON of this shape. Throws ProviderError for others. */
export async function* jsonLines<T>(
  bytes: AsyncIterable<Uint8Array>,
  shape: z.ZodType<T>,
): AsyncGenerator<T, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield readAs(shape, line);
  }
  if (rest.trim() !== '') yield readAs(shape, rest);
}

function readAs<T>(shape: z.ZodType<T>, line: string): T {
  try {
    return shape.parse(JSON.parse(line));
  } catch (cause) {
    throw new ProviderError('internal', 'the answer is not what was promised', { retryable: false, cause });
  }
}

function refusal(name: string, status: number, meant?: ProviderErrorCategory): ProviderError {
  const category = meant ?? CATEGORIES[status] ?? (status >= 500 ? 'network' : 'internal');
  return new ProviderError(category, `${name} answers with status ${status}`, {
    retryable: category === 'network' || status === 429,
  });
}
