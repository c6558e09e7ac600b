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

export interface JsonSocketOptions {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Called for each object that comes; what is no JSON object is left out. */
  message(message: Record<string, unknown>): void;
}

/** A WebSocket to a vendor on which both sides send JSON, in text or in binary frames. */
export class JsonSocket {
  /** Resolves when it is over; undefined where it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  readonly #socket: WebSocket;
  #closed = false;

  /** Resolves when it is open. Rejects with a ProviderError, or the signal's reason. */
  static async open(url: string, options: JsonSocketOptions): Promise<JsonSocket> {
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
      const made = new JsonSocket(socket, options);
      await opened.promise;
      return made;
    } finally {
      options.signal.removeEventListener('abort', stop);
    }
  }

  private constructor(socket: WebSocket, { message }: JsonSocketOptions) {
    this.#socket = socket;
    const over = Promise.withResolvers<ProviderError | undefined>();
    this.over = over.promise;
    socket.on('close', (code, reason) => over.resolve(this.#closed ? undefined : ofClose(code, String(reason))));
    socket.on('message', data => {
      const parsed = parse(String(data));
      if (parsed !== undefined && !this.#closed) message(parsed);
    });
  }

  /** Nothing happens where it is over. */
  send(message: object): void {
    this.#write(JSON.stringify(message));
  }

  /** Sound as it is, in a binary frame. */
  sendSound(pcm: Int16Array): void {
    this.#write(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  }

  #write(data: string | Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_WAITING) this.#socket.terminate();
    else this.#socket.send(data);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close(1000);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
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
