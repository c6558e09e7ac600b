import { systemClock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { formBytes } from '../../base/form.ts';
import { heldFetch } from '../../base/held-fetch.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** An endpoint that is busy for no longer is asked again. */
const BUSY_MS = 1000;

/**
 * `fetch` whose answers fail with a {@link ProviderError} where they, or a line of them, are longer, unpacked, than so
 * many bytes. What is sent goes to that address only: redirects are not followed, but are the answer, other than to where
 * an answer is waited for, at the same origin.
 */
export function boundedFetch(mostBytes: number, mostLineBytes = mostBytes): typeof fetch {
  const waiting = heldFetch({ clock: systemClock, waitMs: BUSY_MS });
  return async (input, init) => {
    const response = await waiting(input, await inBytes(init));
    if (response.body === null) return response;
    let left = mostBytes;
    let line = 0;
    const signal = init?.signal;
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      start(controller) {
        // Not left to fetch alone, which holds its answers weakly: aborting would end nothing once one was collected.
        signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
      },
      transform(chunk, controller) {
        left -= chunk.length;
        const ended = Math.max(chunk.lastIndexOf(LINE_FEED), chunk.lastIndexOf(CARRIAGE_RETURN)) + 1;
        line = chunk.length - ended + (ended === 0 ? line : 0);
        if (left < 0 || line > mostLineBytes) controller.error(tooMuch());
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(bounded), { status, statusText, headers });
  };
}

/** The same question with its form, where it is one, as bytes. */
async function inBytes(init: RequestInit | undefined): Promise<RequestInit | undefined> {
  if (!(init?.body instanceof FormData)) return init;
  const { bytes, contentType } = await formBytes(init.body);
  const headers = new Headers(init.headers);
  headers.set('content-type', contentType);
  return { ...init, body: bytes, headers };
}

/**
 * `fetch` for who asks for a stream: an endpoint that answers with one JSON object all the same is read as one event.
 */
export const asEvents =
  (inner: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await inner(input, init);
    if (!response.ok || !/\bjson\b/.test(response.headers.get('content-type') ?? '')) return response;
    const { status } = response;
    const event = `data: ${JSON.stringify(await response.json())}\n\ndata: [DONE]\n\n`;
    return new Response(event, { status, headers: { 'content-type': 'text/event-stream' } });
  };

export const tooMuch = () =>
  new ProviderError('internal', 'the endpoint sends more than it was asked for', { retryable: false });
