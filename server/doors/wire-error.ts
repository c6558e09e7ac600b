import type { Logger } from 'pino';
import { RequestError, type WireError } from '../../protocol/errors.ts';

/** Turns whatever was thrown into what the sender may read; the unexpected goes to the log, not to the wire. */
export function wireError(error: unknown, log: Logger): WireError {
  if (error instanceof RequestError) return error.toWire();
  log.error({ err: error }, 'request failed unexpectedly');
  return { code: 'internal', message: 'Something went wrong on the server. Please try again.', retryable: true };
}
