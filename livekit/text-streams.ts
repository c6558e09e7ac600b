/**
 * LiveKit's text streams over data packets: a header with topic and attributes, chunks of UTF-8, a trailer. Read here
 * with bounds, for whoever is in a room may send them.
 */
import { randomUUID } from 'node:crypto';
import {
  DataPacket,
  DataPacket_Kind,
  DataStream_Chunk,
  DataStream_Header,
  DataStream_OperationType,
  DataStream_TextHeader,
  DataStream_Trailer,
} from '@livekit/protocol';

/** Content of one packet: with its header it stays below what every data channel takes. */
const CHUNK_BYTES = 15_000;
const MOST = { streams: 32, bytes: 64_000, ms: 30_000, attributes: 32 };

export interface Text {
  topic: string;
  text: string;
  attributes: Record<string, string>;
}

/** The packets that carry a text; `sender`: on whose behalf, which a server allows agents for text. */
export function writeText({ topic, text, attributes }: Text, sender?: string): DataPacket[] {
  const streamId = randomUUID();
  const content = Buffer.from(text);
  const values: DataPacket['value'][] = [
    {
      case: 'streamHeader',
      value: new DataStream_Header({
        streamId,
        timestamp: BigInt(Date.now()),
        topic,
        mimeType: 'text/plain',
        totalLength: BigInt(content.length),
        attributes,
        contentHeader: {
          case: 'textHeader',
          value: new DataStream_TextHeader({ operationType: DataStream_OperationType.CREATE }),
        },
      }),
    },
  ];
  for (let at = 0, index = 0n; at < content.length; index++) {
    let end = Math.min(content.length, at + CHUNK_BYTES);
    // No character is cut in two: some readers decode each chunk by itself.
    while (end < content.length && (content[end]! & 0xc0) === 0x80) end -= 1;
    values.push({
      case: 'streamChunk',
      value: new DataStream_Chunk({ streamId, chunkIndex: index, content: content.subarray(at, end) }),
    });
    at = end;
  }
  values.push({ case: 'streamTrailer', value: new DataStream_Trailer({ streamId }) });
  return values.map(
    value =>
      new DataPacket({
        kind: DataPacket_Kind.RELIABLE,
        ...(sender !== undefined && { participantIdentity: sender }),
        value,
      }),
  );
}

interface Arriving {
  header: DataStream_Header;
  chunks: Uint8Array[];
  bytes: number;
  sinceMs: number;
}

/** Puts texts together; what is too long, too slow or too many is dropped. */
export class TextReader {
  readonly #arriving = new Map<string, Arriving>();
  readonly #read: (from: string, text: Text) => void;
  readonly #nowMs: () => number;

  constructor(read: (from: string, text: Text) => void, nowMs: () => number = () => performance.now()) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  add({ participantIdentity: from, value }: DataPacket): void {
    if (value.case === 'streamHeader') this.#begin(from, value.value);
    else if (value.case === 'streamChunk') this.#chunk(from, value.value);
    else if (value.case === 'streamTrailer') this.#end(from, value.value);
  }

  #begin(from: string, header: DataStream_Header): void {
    if (header.contentHeader.case !== 'textHeader' || Object.keys(header.attributes).length > MOST.attributes) return;
    const nowMs = this.#nowMs();
    for (const [key, { sinceMs }] of this.#arriving) if (nowMs - sinceMs > MOST.ms) this.#arriving.delete(key);
    if (this.#arriving.size >= MOST.streams) return;
    this.#arriving.set(keyOf(from, header.streamId), { header, chunks: [], bytes: 0, sinceMs: nowMs });
  }

  #chunk(from: string, { streamId, content }: DataStream_Chunk): void {
    const key = keyOf(from, streamId);
    const stream = this.#arriving.get(key);
    if (stream === undefined) return;
    stream.bytes += content.length;
    if (stream.bytes > MOST.bytes) this.#arriving.delete(key);
    else stream.chunks.push(content);
  }

  #end(from: string, { streamId, attributes }: DataStream_Trailer): void {
    const key = keyOf(from, streamId);
    const stream = this.#arriving.get(key);
    if (stream === undefined) return;
    this.#arriving.delete(key);
    const { header, chunks } = stream;
    this.#read(from, {
      topic: header.topic,
      text: Buffer.concat(chunks).toString(),
      attributes: { ...header.attributes, ...attributes },
    });
  }
}

const keyOf = (from: string, streamId: string): string => `${streamId} ${from}`;
