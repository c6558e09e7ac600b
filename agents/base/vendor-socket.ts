import { WebSocket } from 'ws';
import { ProviderError, saysNoModel } from './errors.ts';

/** One message is no longer than this, bytes: a minute of sound, encoded. */
const LONGEST = 8 * 2 ** 20;
/** A vendor that takes nothing any more is gone, bytes. */
const MOST_WAITING = 4 * 2 ** 20;
/** After these a new connection may succeed: gone away, no status, broken, internal, restarting, later, gateway. */
const AGAIN = new Set([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014]);
/** Of what a vendor says of its problem, characters. */
const REASON_LENGTH = 300;

export interface VendorSocketOptions {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Called for each message that comes, until it is closed here. */
  received(data: Buffer, isBinary: boolean): void;
}

/** A WebSocket to a vendor: errors by category, bounded in what waits and what comes. */
export class VendorSocket {
  /** Resolves when it is over; undefined where it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  readonly #socket: WebSocket;
  #closed = false;

  /** Resolves when it is open. Rejects with a ProviderError, or the signal's reason. */
  static async open(url: string, options: VendorSocketOptions): Promise<VendorSocket> {
    options.signal.throwIfAborted();
    const socket = new WebSocket(url, { headers: options.headers, maxPayload: LONGEST, perMessageDeflate: false });
    const opened = Promise.withResolvers<void>();
    const stop = () => {
      opened.reject(options.signal.reason);
      socket.terminate();
    };
    options.signal.addEventListener('abort', stop, { once: true });
    const refused = (error: unknown) => opened.reject(error);
    socket.once('open', () => opened.resolve());
    socket.once('unexpected-response', (_, response) => {
      refused(ofStatus(response.statusCode ?? 0));
      response.destroy();
      socket.terminate();
    });
    // It stays: one without a listener would take the process with it.
    socket.on('error', error =>
      refused(new ProviderError('network', error.message, { retryable: true, cause: error })),
    );
    try {
      const made = new VendorSocket(socket, options);
      await opened.promise;
      return made;
    } finally {
      options.signal.removeEventListener('abort', stop);
    }
  }

  private constructor(socket: WebSocket, { received }: VendorSocketOptions) {
    this.#socket = socket;
    const over = Promise.withResolvers<ProviderError | undefined>();
    this.over = over.promise;
    socket.on('close', (code, reason) => over.resolve(this.#closed ? undefined : ofClose(code, String(reason))));
    socket.on('message', (data, isBinary) => {
      if (!this.#closed) received(data as Buffer, isBinary);
    });
  }

  /** Nothing happens where it is over. */
  send(data: string | Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_WAITING) this.#socket.terminate();
    else this.#socket.send(data);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close(1000);
  }
}

/** What a refused connection means. */
function ofStatus(status: number): ProviderError {
  const message = `the vendor refused the connection with ${status}`;
  if (status === 401 || status === 403) return new ProviderError('auth', message, { retryable: false });
  if (status === 402) return new ProviderError('quota', message, { retryable: false });
  if (status === 429) return new ProviderError('quota', message, { retryable: true });
  if (status === 404) return new ProviderError('model', message, { retryable: false });
  if (status >= 400 && status < 500) return new ProviderError('bad-input', message, { retryable: false });
  return new ProviderError('network', message, { retryable: true });
}

/** What an end that was not asked for means (RFC 6455, and vendors' own codes). */
function ofClose(code: number, reason: string): ProviderError {
  const message = `the connection ended with ${code} ${reason.slice(0, REASON_LENGTH)}`.trim();
  if (/quota|billing|credit|exhausted/i.test(reason)) return new ProviderError('quota', message, { retryable: false });
  if (/api.?key|unauthori[sz]ed|permission|authenticat/i.test(reason))
    return new ProviderError('auth', message, { retryable: false });
  if (saysNoModel(reason) || /not supported for bidi/i.test(reason))
    return new ProviderError('model', message, { retryable: false });
  return AGAIN.has(code)
    ? new ProviderError('network', message, { retryable: true })
    : new ProviderError('bad-input', message, { retryable: false });
}
