import { ahead, type RtpPacket } from './wire.ts';

/** Packets that are held while an earlier one is missing, and how long it is waited for. */
const MAX_HELD = 64;
const PATIENCE_MS = 150;
/** More than any camera layer's picture needs. */
const MAX_FRAME_BYTES = 1 << 20;
/** One of little packets holds more memory than its bytes: each part keeps its whole datagram. */
const MAX_FRAME_PARTS = 2048;
/** A jump of the sequence beyond this is a new start, not a gap. */
const MAX_JUMP = 1000;
const KEYFRAME_EVERY_MS = 500;

/**
 * One VP8 stream out of RTP (RFC 7741): whole frames in order, beginning with a keyframe. After a loss nothing comes
 * until the next keyframe, for frames refer to the ones before them.
 */
export class Vp8Receiver {
  #held = new Map<number, RtpPacket>();
  #next: number | undefined;
  #stuckSinceMs: number | undefined;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #timestamp: number | undefined;
  #keyframeNeeded = true;
  #askedMs = Number.NEGATIVE_INFINITY;

  /** Takes a packet; returns the frames that are whole now. */
  push(packet: RtpPacket, nowMs: number): Uint8Array[] {
    this.#next ??= packet.sequence;
    const distance = ahead(packet.sequence, this.#next, 16);
    if (Math.abs(distance) > MAX_JUMP) {
      this.#held.clear();
      this.#next = packet.sequence;
      this.restart();
    } else if (distance < 0) return [];
    this.#held.set(packet.sequence, packet);
    // What is missing is given up when it has been waited for long enough, or too much waits behind it.
    const frames = this.#drain();
    if (this.#held.size === 0) this.#stuckSinceMs = undefined;
    else {
      this.#stuckSinceMs ??= nowMs;
      if (this.#held.size > MAX_HELD || nowMs - this.#stuckSinceMs > PATIENCE_MS) {
        this.#skip();
        this.#stuckSinceMs = undefined;
        frames.push(...this.#drain());
      }
    }
    return frames;
  }

  /** The sender should be asked for a keyframe now. */
  wantsKeyframe(nowMs: number): boolean {
    if (!this.#keyframeNeeded || nowMs - this.#askedMs < KEYFRAME_EVERY_MS) return false;
    this.#askedMs = nowMs;
    return true;
  }

  /** Whoever decodes has lost the thread: nothing comes before the next keyframe. */
  restart(): void {
    this.#keyframeNeeded = true;
    this.#forgetFrame();
  }

  #drain(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let packet = this.#held.get(this.#next!); packet !== undefined; packet = this.#held.get(this.#next!)) {
      this.#held.delete(this.#next!);
      this.#next = (this.#next! + 1) & 0xffff;
      const frame = this.#take(packet);
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  #skip(): void {
    const [first] = [...this.#held.keys()].sort((a, b) => ahead(a, b, 16));
    this.#next = first;
    this.restart();
  }

  #take({ payload, timestamp, marker }: RtpPacket): Uint8Array | undefined {
    const part = readPayload(payload);
    if (part === undefined) return undefined;
    if (part.begins || timestamp !== this.#timestamp) {
      this.#forgetFrame();
      // The beginning is lost, or this is the rest of a frame that is skipped.
      if (!part.begins || (this.#keyframeNeeded && !part.keyframe)) return undefined;
      this.#timestamp = timestamp;
    }
    this.#parts.push(part.data);
    this.#bytes += part.data.length;
    if (this.#bytes > MAX_FRAME_BYTES || this.#parts.length > MAX_FRAME_PARTS) {
      this.restart();
      return undefined;
    }
    if (!marker) return undefined;
    const frame = Buffer.concat(this.#parts);
    this.#forgetFrame();
    this.#keyframeNeeded = false;
    return new Uint8Array(frame);
  }

  #forgetFrame(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#timestamp = undefined;
  }
}

/** The VP8 data behind the payload descriptor; undefined for anything malformed. */
function readPayload(payload: Uint8Array): { data: Uint8Array; begins: boolean; keyframe: boolean } | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  let at = 1;
  if (first & 0x80) {
    const extensions = payload[at++] ?? 0;
    // I: a picture id of one or two bytes; L, T and K: one byte each, the last two shared.
    if (extensions & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (extensions & 0x40) at += 1;
    if (extensions & 0x30) at += 1;
  }
  const data = payload.subarray(at);
  if (data.length === 0) return undefined;
  const begins = (first & 0x10) !== 0 && (first & 0x0f) === 0;
  // RFC 6386 9.1: the lowest bit of a frame is 0 in keyframes.
  return { data, begins, keyframe: begins && (data[0]! & 1) === 0 };
}
