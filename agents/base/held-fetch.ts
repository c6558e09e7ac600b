/**
 * Endpoints that are started when somebody asks: they hold a request for minutes, then hand out a ticket (303) under
 * which the answer is waited for, and say how long they are busy (Retry-After).
 */
import { unlessAborted } from './cancellation.ts';
import type { Clock } from './clock.ts';

export interface HeldOptions {
  clock: Clock;
  /** Retry-After is honoured where it is no longer than this; ms. */
  waitMs: number;
}

/** Each is a wait of minutes. */
const MOST_TICKETS = 20;
const MOST_RETRIES = 2;
/** Between two questions after a ticket that is not answered yet. */
const AGAIN_MS = 1000;
const SEE_OTHER = 303;
/** The answer to a ticket is not there yet. */
const NOT_YET = 408;
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/**
 * `fetch` that waits for an endpoint as long as its signal does. A ticket is followed to the same origin only, with the
 * same key, and without what was asked; every other redirect is the answer. Who is busy for a short while is asked again.
 */
export const heldFetch =
  ({ clock, waitMs }: HeldOptions, inner: typeof fetch = fetch): typeof fetch =>
  async (input, init) => {
    const { origin, href } = new URL(input instanceof Request ? input.url : input);
    const ask = () => inner(input, { ...init, redirect: 'manual' });
    const signal = init?.signal ?? undefined;
    let response = await ask();
    for (let retry = 0; retry < MOST_RETRIES && BUSY.has(response.status); retry++) {
      const afterMs = retryAfterMs(response);
      if (afterMs === undefined || afterMs > waitMs) return response;
      await rest(response, afterMs, clock, signal);
      response = await ask();
    }
    let ticket = ticketOf(response, href, origin);
    if (ticket === undefined) return response;
    const { body: _body, ...asked } = init ?? {};
    const headers = new Headers(init?.headers);
    for (const name of ['content-type', 'content-length']) headers.delete(name);
    for (let tickets = 0; tickets < MOST_TICKETS; tickets++) {
      await rest(response, response.status === NOT_YET ? (retryAfterMs(response) ?? AGAIN_MS) : 0, clock, signal);
      response = await inner(ticket, { ...asked, method: 'GET', headers, redirect: 'manual' });
      ticket = response.status === NOT_YET ? ticket : ticketOf(response, ticket, origin);
      if (ticket === undefined) return response;
    }
    return response;
  };

function ticketOf({ status, headers }: Response, from: string, origin: string): string | undefined {
  const location = headers.get('location');
  if (status !== SEE_OTHER || location === null || !URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return url.origin === origin ? url.href : undefined;
}

/** In seconds, or as a date; undefined where it is neither. */
export function retryAfterMs({ headers }: Response): number | undefined {
  const told = headers.get('retry-after');
  if (told === null || told.trim() === '') return undefined;
  const seconds = Number(told);
  const afterMs = Number.isNaN(seconds) ? Date.parse(told) - Date.now() : seconds * 1000;
  return Number.isNaN(afterMs) ? undefined : Math.max(0, afterMs);
}

async function rest(response: Response, ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  await response.body?.cancel();
  if (ms > 0) await pause(ms, clock, signal);
}

/** Rejects with the signal's reason. */
export async function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  try {
    await (signal === undefined ? promise : unlessAborted(promise, signal));
  } finally {
    cancel();
  }
}
