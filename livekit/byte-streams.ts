/** LiveKit's byte streams, read while they arrive. */
import type { DataPacket } from '@livekit/protocol';

/** Of those who send several at once, the others are not read [C2]. */
const MOST_OPEN = 8;

export interface BytesBegin {
  from: string;
  streamId: string;
  topic: string;
  attributes: Record<string, string>;
}

export interface BytesSink {
  bytes(content: Uint8Array): void;
  end(): void;
}

/** Gives each stream's bytes in their order; out of order they do not come on a reliable channel. */
export class ByteReader {
  readonly #open = new Map<string, BytesSink>();
  readonly #begin: (stream: BytesBegin) => BytesSink | undefined;

  /** @param begin gives who takes a stream; undefined: nobody does */
  constructor(begin: (stream: BytesBegin) => BytesSink | undefined) {
    this.#begin = begin;
  }

  add({ participantIdentity: from, value }: DataPacket): void {
    if (value.case === 'streamHeader' && value.value.contentHeader.case === 'byteHeader') {
      const { streamId, topic, attributes } = value.value;
      if (this.#open.size >= MOST_OPEN) return;
      const sink = this.#begin({ from, streamId, topic, attributes });
      if (sink !== undefined) this.#open.set(keyOf(from, streamId), sink);
    } else if (value.case === 'streamChunk') {
      this.#open.get(keyOf(from, value.value.streamId))?.bytes(value.value.content);
    } else if (value.case === 'streamTrailer') {
      const key = keyOf(from, value.value.streamId);
      const sink = this.#open.get(key);
      this.#open.delete(key);
      sink?.end();
    }
  }
}

const keyOf = (from: string, streamId: string): string => `${streamId} ${from}`;
