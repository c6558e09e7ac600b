import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { ToolOutcome } from '../think/toolbox.ts';
import { AddressRefused } from './addresses.ts';

/** A call came to nothing. The message is one sentence for the model, and holds nothing that was sent or received. */
export class ToolFailure extends Error {
  override name = 'ToolFailure';
  readonly outcome: ToolOutcome;
  /** What was asked for may have been done nevertheless. */
  readonly unsure: boolean;

  constructor(outcome: ToolOutcome, message: string, { unsure = false } = {}) {
    super(message);
    this.outcome = outcome;
    this.unsure = unsure;
  }
}

/** Nothing was sent. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS_|CERT_)|_CERT/;

/** What is asked of a target. */
export interface ToolRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** What its name is looked up with. */
  lookup: LookupFunction;
  /** JSON; absent: none. */
  body?: string;
}

export interface ExchangeOptions {
  clock: Clock;
  /** From the first byte sent to the last received. */
  timeoutMs: number;
  maxBytes: number;
  /** Ends it at once; the exchange rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Asks a target, on a connection of its own, and reads its answer: JSON, text, or null where it has none. Redirects
 * are not followed. Throws {@link ToolFailure}, or the signal's reason.
 */
export async function exchange(request: ToolRequest, options: ExchangeOptions): Promise<unknown> {
  const { clock, timeoutMs, signal } = options;
  const late = new AbortController();
  const cancelTimer = clock.after(timeoutMs, () => late.abort());
  const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  try {
    return await read(await send(request, either), options.maxBytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (late.signal.aborted)
      throw new ToolFailure('timeout', 'The tool failed: the service did not answer in time.', { unsure: true });
    throw failureOf(error);
  } finally {
    cancelTimer();
  }
}

/** What the model is told of a connection that came to nothing. */
export function failureOf(error: unknown): ToolFailure {
  if (error instanceof ToolFailure) return error;
  if (error instanceof AddressRefused)
    return new ToolFailure('network', 'The tool failed: the service is at an address where no tool may go.');
  if (NOT_CONNECTED.test(String((error as NodeJS.ErrnoException).code)))
    return new ToolFailure('network', 'The tool failed: the service could not be reached.');
  return new ToolFailure('network', 'The tool failed: the connection to the service broke.', { unsure: true });
}

/** Asks a target on a connection of its own; resolves with the head of its answer, whatever that says. */
export function send(
  { method, url, headers, lookup, body }: ToolRequest,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const outgoing = request(url, {
      method,
      lookup,
      // A connection that is kept may be closed just when it is used, and not every call may be made twice.
      agent: false,
      signal,
      headers: {
        accept: 'application/json, text/*;q=0.9',
        'user-agent': 'visavis',
        ...headers,
        'accept-encoding': 'identity',
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    outgoing.once('response', resolve);
    // Also after the response: whoever reads that learns of it there.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function read(response: http.IncomingMessage, maxBytes: number): Promise<unknown> {
  try {
    const { statusCode = 0, headers } = response;
    if (statusCode < 200 || statusCode > 299)
      throw new ToolFailure('http-error', `The tool failed: the service answered with status ${statusCode}.`, {
        unsure: statusCode >= 500,
      });
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw unusable('is compressed');
    const parts: Buffer[] = [];
    for await (const part of bounded(response, maxBytes)) parts.push(part);
    const bytes = Buffer.concat(parts);
    if (bytes.length === 0) return null;
    return parsed(bytes, headers['content-type'] ?? '');
  } finally {
    response.destroy();
  }
}

/** The body of an answer. Throws ToolFailure where it is longer; the connection ends with whoever reads it. */
export async function* bounded(response: http.IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw unusable('is too long');
    yield part;
  }
}

function parsed(bytes: Buffer, contentType: string): unknown {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(type);
  if (!isJson && !type.startsWith('text/')) throw unusable('is neither JSON nor text');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable('is no UTF-8 text');
  }
  if (!isJson) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('is no JSON');
  }
}

/** What was answered is of no use. */
export const unusable = (problem: string) =>
  new ToolFailure('bad-result', `The tool failed: what the service answered ${problem}.`, { unsure: true });
