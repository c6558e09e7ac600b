import type { LookupFunction } from 'node:net';
import { ReadableStream } from 'node:stream/web';
import { bounded, send, ToolFailure } from './exchange.ts';

/** These have no body. */
const BODILESS = new Set([204, 205, 304]);

export interface FetchOptions {
  /** What may be asked for, and nothing else. */
  url: URL;
  lookup: LookupFunction;
  /** Of one answer, a stream of events included [C2]. */
  maxBytes: number;
}

/**
 * A `fetch` for one address: the address of every connection is looked at, redirects are not followed, and what comes
 * is bounded. Rejects with ToolFailure, AddressRefused, or what broke the connection.
 */
export const fetchWithin =
  ({ url, lookup, maxBytes }: FetchOptions) =>
  async (asked: string | URL, { method = 'GET', headers, body, signal }: RequestInit = {}): Promise<Response> => {
    if (new URL(asked).href !== url.href)
      throw new ToolFailure('network', 'The tool failed: its service is elsewhere.');
    const request = {
      method,
      url,
      headers: Object.fromEntries(new Headers(headers)),
      lookup,
      ...(typeof body === 'string' && { body }),
    };
    const response = await send(request, signal ?? new AbortController().signal);
    const { statusCode: status = 0 } = response;
    const isRefused =
      (status >= 300 && status < 400) || (response.headers['content-encoding'] ?? 'identity') !== 'identity';
    if (isRefused) {
      response.destroy();
      throw new ToolFailure('http-error', `The tool failed: the service answered with status ${status}.`);
    }
    const own = Object.entries(response.headers).filter(
      (each): each is [string, string] => typeof each[1] === 'string',
    );
    if (BODILESS.has(status)) response.resume();
    const parts = ReadableStream.from(bounded(response, maxBytes)) as unknown as BodyInit;
    return new Response(BODILESS.has(status) ? null : parts, {
      status,
      headers: own,
    });
  };
