/**
 * The protocol of Azure's speech services: messages with headers like those of HTTP, in text frames, or in binary ones
 * behind the length of the headers in two bytes (as microsoft-cognitiveservices-speech-sdk 1.52 writes and reads them).
 */
import { randomUUID } from 'node:crypto';
import type { ProviderError } from '../../base/errors.ts';
import { VendorSocket } from '../../base/vendor-socket.ts';

export interface AzureMessage {
  /** What it is about, in small letters: `turn.start`. */
  path: string;
  requestId: string;
  body: Buffer;
}

export interface AzureSocketOptions {
  /** Absent: an endpoint without keys. */
  apiKey?: string | undefined;
  signal: AbortSignal;
  message(message: AzureMessage): void;
}

const HEADERS_END = '\r\n\r\n';
/** Its times are in tenths of microseconds. */
const TICKS_PER_S = 1e7;

export const samplesOf = (ticks: number, rate: number): number => Math.round((ticks / TICKS_PER_S) * rate);
export const requestId = (): string => randomUUID().replaceAll('-', '');

export class AzureSocket {
  readonly #socket: VendorSocket;

  /** Resolves when it is open, and has said who is there. Rejects with a ProviderError, or the signal's reason. */
  static async open(url: string, { apiKey, signal, message }: AzureSocketOptions): Promise<AzureSocket> {
    const headers = { 'X-ConnectionId': requestId(), ...(apiKey && { 'Ocp-Apim-Subscription-Key': apiKey }) };
    const received = (data: Buffer, isBinary: boolean) => {
      const read = readMessage(data, isBinary);
      if (read !== undefined) message(read);
    };
    const made = new AzureSocket(await VendorSocket.open(url, { headers, signal, received }));
    const system = { name: 'Visavis', version: '1', build: 'JavaScript', lang: 'JavaScript' };
    made.send('speech.config', requestId(), { context: { system } });
    return made;
  }

  private constructor(socket: VendorSocket) {
    this.#socket = socket;
  }

  get over(): Promise<ProviderError | undefined> {
    return this.#socket.over;
  }

  /** JSON; a text is SSML. Nothing happens where it is over. */
  send(path: string, id: string, body: object | string): void {
    const [type, text] =
      typeof body === 'string' ? ['application/ssml+xml', body] : ['application/json', JSON.stringify(body)];
    this.#socket.send(`${headersOf(path, id, type)}\r\n${text}`);
  }

  /** Sound; nothing, where it ends. @param type of what begins with a header of its own */
  sendSound(id: string, sound: Buffer, type?: 'audio/x-wav'): void {
    const headers = Buffer.from(headersOf('audio', id, type));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(headers.length);
    this.#socket.send(Buffer.concat([length, headers, sound]));
  }

  close(): void {
    this.#socket.close();
  }
}

const headersOf = (path: string, id: string, type?: string) =>
  [
    `Path: ${path}`,
    `X-RequestId: ${id}`,
    `X-Timestamp: ${new Date().toISOString()}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    '',
  ].join('\r\n');

function readMessage(data: Buffer, isBinary: boolean): AzureMessage | undefined {
  const start = isBinary ? 2 : 0;
  const end = isBinary ? start + (data.length < 2 ? 0 : data.readUInt16BE(0)) : data.indexOf(HEADERS_END);
  if (end < 0 || end > data.length) return undefined;
  const headers = new Map(
    data
      .toString('utf8', start, end)
      .split('\r\n')
      .map(line => {
        const colon = line.indexOf(':');
        return [line.slice(0, Math.max(0, colon)).trim().toLowerCase(), line.slice(colon + 1).trim()];
      }),
  );
  return {
    path: (headers.get('path') ?? '').toLowerCase(),
    requestId: headers.get('x-requestid') ?? '',
    body: data.subarray(isBinary ? end : end + HEADERS_END.length),
  };
}

/** The body as an object; empty where it is none. */
export function jsonOf({ body }: AzureMessage): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
