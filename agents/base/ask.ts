/** Questions over HTTP, as a vendor may be asked: with deadlines, bounds and errors by category. */
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import { ProviderError, type ProviderErrorCategory } from './errors.ts';
import { formBytes } from './form.ts';
import { heldFetch } from './held-fetch.ts';
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

interface Bounds {
  /** Of the whole answer. */
  mostBytes: number;
  signal: AbortSignal;
}

export interface Question extends Bounds {
  body: object;
}

/** What is asked for otherwise than by posting JSON. */
export interface Request extends Bounds {
  method: 'GET' | 'POST' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
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

/** Posts JSON, or a form; as {@link exchange}. */
export async function* ask(
  endpoint: Endpoint,
  path: string,
  { body, ...bounds }: Question,
): AsyncGenerator<Uint8Array, void, undefined> {
  const form = body instanceof FormData ? await formBytes(body) : undefined;
  yield* exchange(endpoint, path, {
    ...bounds,
    method: 'POST',
    headers: { 'content-type': form?.contentType ?? 'application/json' },
    body: form?.bytes ?? JSON.stringify(body),
  });
}

/**
 * Sends a request, and passes on the bytes of the answer as they come. Whatever ends this hangs up. Redirects are not
 * followed but to where the answer is waited for, at the same origin; who is busy for a short while is asked again.
 * @throws ProviderError, or the signal's reason at once when it fires
 */
export async function* exchange(
  { name, baseUrl, headers, clock, patienceMs, means }: Endpoint,
  path: string,
  { mostBytes, signal, ...request }: Request,
): AsyncGenerator<Uint8Array, void, undefined> {
  const patience = new Patience(patienceMs, MOST_MS, clock);
  const stop = AbortSignal.any([signal, patience.signal]);
  patience.wait();
  try {
    const waiting = heldFetch({ clock, waitMs: patienceMs / 2 });
    const response = await waiting(`${baseUrl}${path}`, {
      ...request,
      headers: { ...headers, ...request.headers },
      signal: stop,
    });
    if (response.status >= 300 && response.status < 400)
      throw new ProviderError('network', `${name} leads elsewhere, where nothing is sent`, { retryable: false });
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

/** The whole answer, read as JSON of this shape. Throws ProviderError for others. */
export async function jsonOf<T>(bytes: AsyncIterable<Uint8Array>, shape: z.ZodType<T>): Promise<T> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return readAs(shape, Buffer.concat(parts).toString());
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
