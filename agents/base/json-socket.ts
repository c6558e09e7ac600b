import type { ProviderError } from './errors.ts';
import { bytesOf } from './samples.ts';
import { VendorSocket } from './vendor-socket.ts';

export interface JsonSocketOptions {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Called for each object that comes; what is no JSON object is left out. */
  message(message: Record<string, unknown>): void;
  /** Binary frames are sound; absent: they are JSON, too. */
  sound?(bytes: Buffer): void;
}

/** A WebSocket to a vendor on which both sides send JSON, in text or in binary frames. */
export class JsonSocket {
  readonly #socket: VendorSocket;

  /** Resolves when it is open. Rejects with a ProviderError, or the signal's reason. */
  static async open(url: string, { headers, signal, message, sound }: JsonSocketOptions): Promise<JsonSocket> {
    const received = (data: Buffer, isBinary: boolean) => {
      if (isBinary && sound !== undefined) {
        sound(data);
        return;
      }
      const parsed = parse(String(data));
      if (parsed !== undefined) message(parsed);
    };
    return new JsonSocket(await VendorSocket.open(url, { headers, signal, received }));
  }

  private constructor(socket: VendorSocket) {
    this.#socket = socket;
  }

  /** Resolves when it is over; undefined where it was closed here. */
  get over(): Promise<ProviderError | undefined> {
    return this.#socket.over;
  }

  /** Nothing happens where it is over. */
  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Sound as it is, in a binary frame. */
  sendSound(pcm: Int16Array): void {
    this.#socket.send(bytesOf(pcm));
  }

  close(): void {
    this.#socket.close();
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
