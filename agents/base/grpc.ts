/** Streams of gRPC over HTTP/2. @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
import http2 from 'node:http2';
import { ProviderError, type ProviderErrorCategory } from './errors.ts';

/** One message is no longer than this, bytes. */
const LONGEST = 2 ** 20;
/** By status; what is not named is the network, or the vendor's trouble. */
const CATEGORIES: Readonly<Record<number, ProviderErrorCategory>> = {
  3: 'bad-input',
  5: 'model',
  7: 'auth',
  8: 'quota',
  9: 'bad-input',
  12: 'model',
  16: 'auth',
};
const QUOTA = 8;

export interface GrpcStream {
  send(message: Buffer): void;
  /** Nothing more is sent; what is still to be told comes. */
  end(): void;
}

export interface GrpcEvents {
  message(message: Buffer): void;
  /** The last that is told; undefined where all went well. */
  over(error: ProviderError | undefined): void;
}

/** A connection to a service of gRPC. */
export class GrpcConnection {
  /** Resolves when it is over, with the reason unless it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  readonly #session: http2.ClientHttp2Session;
  #isClosed = false;

  /** Resolves when it is open. Rejects with a ProviderError, or the signal's reason. */
  static async open(origin: string, signal: AbortSignal): Promise<GrpcConnection> {
    signal.throwIfAborted();
    const session = http2.connect(origin);
    const opened = Promise.withResolvers<void>();
    const stop = () => {
      opened.reject(signal.reason);
      session.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    session.once('connect', () => opened.resolve());
    const made = new GrpcConnection(session, opened.reject);
    try {
      await opened.promise;
      return made;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor(session: http2.ClientHttp2Session, failed: (error: unknown) => void) {
    this.#session = session;
    const over = Promise.withResolvers<ProviderError | undefined>();
    this.over = over.promise;
    // It stays: one without a listener would take the process with it.
    session.on('error', cause => failed(away(cause)));
    session.on('close', () => over.resolve(this.#isClosed ? undefined : away()));
    session.on('goaway', () => session.close());
  }

  /** @param path `/package.Service/Method` */
  stream(path: string, headers: Record<string, string>, { message, over }: GrpcEvents): GrpcStream {
    const told = once(over);
    // It may have ended since, and nobody may have heard of it yet.
    if (this.#session.closed || this.#session.destroyed) {
      queueMicrotask(() => told(away()));
      return { send: () => {}, end: () => {} };
    }
    const asked = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers };
    const stream = this.#session.request(asked);
    const frames = new Frames(message);
    stream.on('response', answer => {
      if (answer['grpc-status'] !== undefined) told(ofStatus(answer));
      else if (answer[':status'] !== 200) told(ofHttp(Number(answer[':status'])));
    });
    stream.on('trailers', trailers => told(ofStatus(trailers)));
    stream.on('data', (bytes: Buffer) => {
      try {
        frames.add(bytes);
      } catch (cause) {
        told(new ProviderError('internal', 'the answer is not what was promised', { retryable: false, cause }));
        stream.close();
      }
    });
    stream.on('error', cause => told(away(cause)));
    stream.on('close', () => told(away()));
    return {
      send: bytes => {
        if (stream.writable) stream.write(framed(bytes));
      },
      end: () => stream.end(),
    };
  }

  /** What is under way is cut off. */
  close(): void {
    this.#isClosed = true;
    this.#session.destroy();
  }
}

const away = (cause?: unknown) =>
  new ProviderError('network', 'the service cannot be reached, or hung up', { retryable: true, cause });

function once<T>(tell: (value: T) => void): (value: T) => void {
  let isTold = false;
  return value => {
    if (!isTold) tell(value);
    isTold = true;
  };
}

/** A message behind its flag (not compressed) and its length. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Messages out of bytes that are cut anywhere. */
class Frames {
  readonly #message: (message: Buffer) => void;
  #waiting: Buffer = Buffer.alloc(0);

  constructor(message: (message: Buffer) => void) {
    this.#message = message;
  }

  add(bytes: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    while (this.#waiting.length >= 5) {
      const length = this.#waiting.readUInt32BE(1);
      if (this.#waiting[0] !== 0 || length > LONGEST) throw new RangeError('no message');
      if (this.#waiting.length < 5 + length) return;
      const message = this.#waiting.subarray(5, 5 + length);
      this.#waiting = this.#waiting.subarray(5 + length);
      this.#message(message);
    }
  }
}

function ofStatus(headers: http2.IncomingHttpHeaders): ProviderError | undefined {
  const status = Number(headers['grpc-status']);
  if (status === 0) return undefined;
  const category = CATEGORIES[status] ?? 'network';
  const message = `the service answers with status ${status}`;
  return new ProviderError(category, message, { retryable: category === 'network' || status === QUOTA });
}

/** What is between us and the service answers itself. */
function ofHttp(status: number): ProviderError {
  const category = status === 401 || status === 403 ? 'auth' : status === 429 ? 'quota' : 'network';
  return new ProviderError(category, `the service answers with HTTP ${status}`, { retryable: category !== 'auth' });
}
