import { z } from 'zod';

/** Every reason a request can be refused for. The client has one friendly message for each. */
export const ErrorCode = z.enum([
  'bad-request',
  'unsupported-version',
  'unauthorized',
  'token-expired',
  'forbidden',
  'not-found',
  /** The address names another server. */
  'misdirected',
  'room-full',
  /** A host lets nobody new in. */
  'locked',
  /** A host has to let one in; `admitted` tells when. */
  'waiting',
  'server-full',
  'rate-limited',
  'already-joined',
  'not-joined',
  'session-gone',
  'room-closed',
  'shutting-down',
  /** What is needed for this does not answer for now. */
  'unavailable',
  'internal',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

export const WireError = z.object({
  code: ErrorCode,
  /** A sentence for people: what happened and what to do about it. */
  message: z.string(),
  retryable: z.boolean(),
  /** After so long it may be tried again, where that is known. */
  retryAfterMs: z.number().min(0).optional(),
});
export type WireError = z.infer<typeof WireError>;

/** An error that may be shown to whoever sent the request. Anything else is reported as `internal`. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    { retryable = false, retryAfterMs }: { retryable?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
  toWire(): WireError {
    const { code, message, retryable, retryAfterMs } = this;
    return { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }) };
  }
}

/** What a request is acknowledged with. */
export type Reply<T> = { ok: true; data: T } | { ok: false; error: WireError };
