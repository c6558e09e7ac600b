/** A WebSocket to a LiveKit server that carries one protobuf message a frame. */
import WebSocket from 'ws';
import { LiveKitError, refused } from './errors.ts';

const OPEN_MS = 8000;
/** The largest message: a room of many people is told in one [C2]. */
const MOST_BYTES = 4 * 2 ** 20;
/** Of what a server says when it refuses. */
const MOST_SAID = 1000;

/** What both of LiveKit's protocols are made of. */
export interface Message {
  toBinary(): Uint8Array;
}

export interface SocketEvents {
  /** Throws where it cannot be read: then the line is closed. */
  message(data: Uint8Array): void;
  closed(error: LiveKitError): void;
}

/** `ws://` or `wss://`, without a slash at its end; LiveKit's addresses are written with http, too. */
export const socketUrl = (url: string): string => url.replace(/^http/i, 'ws').replace(/\/$/, '');

export class MessageSocket {
  readonly #socket: WebSocket;

  /** Opens it. Rejects with a LiveKitError that says what to do. */
  static async open(
    url: string,
    { token, events, signal }: { token: string; events: SocketEvents; signal?: AbortSignal },
  ): Promise<MessageSocket> {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: OPEN_MS,
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
    });
    const opened = Promise.withResolvers<void>();
    let open = false;
    const fails = (error: LiveKitError) => {
      if (open) events.closed(error);
      else opened.reject(error);
    };
    socket.on('open', () => {
      open = true;
      opened.resolve();
    });
    socket.on('unexpected-response', (request, response) => {
      let said = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        said = (said + text).slice(0, MOST_SAID);
      });
      response.on('close', () => {
        request.destroy();
        fails(refused(response.statusCode ?? 0, said));
      });
    });
    let failure: Error | undefined;
    socket.on('error', error => {
      failure = error;
    });
    socket.on('close', code => {
      const host = new URL(url).host;
      const why = failure === undefined ? `it closed the line (${code})` : failure.message || String(failure);
      fails(new LiveKitError(`the LiveKit server at ${host} cannot be reached: ${why}`, { cause: failure }));
    });
    socket.on('message', data => {
      try {
        events.message(data as Buffer);
      } catch (error) {
        failure = error as Error;
        socket.terminate();
      }
    });
    const abort = () => socket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await opened.promise;
    } catch (error) {
      socket.terminate();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return new MessageSocket(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message.toBinary());
  }

  /** Closes it; what is sent already still goes. */
  close(): void {
    this.#socket.close();
    // Whoever does not answer is left.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  /** The other side does not answer any more. */
  terminate(): void {
    this.#socket.terminate();
  }
}
