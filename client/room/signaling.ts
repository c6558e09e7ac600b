import { io, type Socket } from 'socket.io-client';
import type { Reply, WireError } from '../../protocol/errors.ts';
import type {
  CLIENT_NAMESPACE,
  Notice,
  NoticeName,
  RequestInput,
  RequestName,
  RequestOutput,
} from '../../protocol/signaling.ts';
import { RoomFailure } from './failures.ts';

// Written out, not imported: importing the value would bring the schema library into the page.
const namespace: typeof CLIENT_NAMESPACE = '/client';

const REQUEST_TIMEOUT_MS = 8_000;

/** The wire to the server as the call sees it. */
export interface Signaling {
  readonly up: boolean;
  connect(): void;
  /** Throws the present connection away and makes a new one at once. */
  refresh(): void;
  close(): void;
  /** Rejects with a {@link RoomFailure}. */
  request<N extends RequestName>(name: N, input: RequestInput<N>, timeoutMs?: number): Promise<RequestOutput<N>>;
  onNotice(listener: <N extends NoticeName>(name: N, notice: Notice<N>) => void): void;
  onLink(listener: (up: boolean) => void): void;
}

/** Signalling over socket.io, which finds its own way back after a lost connection. */
export class SocketSignaling implements Signaling {
  readonly #socket: Socket;
  #wanted = false;

  /** @param path where the server has its sockets */
  constructor(origin: string, path: string) {
    this.#socket = io(`${origin}${namespace}`, {
      path,
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: 2_000,
      randomizationFactor: 0.3,
      timeout: 3_000,
    });
    this.#socket.on('disconnect', reason => {
      // The one case in which socket.io leaves reconnecting to us.
      if (reason === 'io server disconnect' && this.#wanted)
        setTimeout(() => this.#wanted && this.#socket.connect(), 300);
    });
  }

  get up(): boolean {
    return this.#socket.connected;
  }

  connect(): void {
    this.#wanted = true;
    this.#socket.connect();
  }

  refresh(): void {
    if (!this.#wanted) return;
    // Without the namespace's goodbye packet: the server must see a lost connection, not a leave.
    if (this.#socket.connected) this.#socket.io.engine.close();
    this.#socket.connect();
  }

  close(): void {
    this.#wanted = false;
    this.#socket.disconnect();
  }

  async request<N extends RequestName>(
    name: N,
    input: RequestInput<N>,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<RequestOutput<N>> {
    // Never buffered: a request of an old connection would reach the server before the new `join`.
    if (!this.#socket.connected) throw new RoomFailure('unreachable', 'the connection to the server is down', true);
    let reply: Reply<RequestOutput<N>>;
    try {
      reply = await this.#socket.timeout(timeoutMs).emitWithAck(name, input);
    } catch {
      throw this.#socket.connected
        ? new RoomFailure('timeout', `no answer to ${name}`, true)
        : new RoomFailure('unreachable', 'the connection was lost', true);
    }
    if (reply.ok) return reply.data;
    const { code, message, retryable }: WireError = reply.error;
    throw new RoomFailure(code, message, retryable);
  }

  onNotice(listener: <N extends NoticeName>(name: N, notice: Notice<N>) => void): void {
    this.#socket.onAny((name: NoticeName, notice: Notice<NoticeName>) => listener(name, notice));
  }

  onLink(listener: (up: boolean) => void): void {
    this.#socket.on('connect', () => listener(true));
    this.#socket.on('disconnect', () => listener(false));
  }
}
