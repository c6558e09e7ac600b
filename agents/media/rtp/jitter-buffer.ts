import { ahead, type RtpPacket } from './wire.ts';

/** 20 ms at Opus' RTP clock. */
export const FRAME_TICKS = 960;
const FRAME_MS = 20;
const TICKS_PER_MS = 48;
/** Opus' discontinuous transmission announces silence with a packet of one or two bytes. */
const DTX_BYTES = 2;
const MIN_WAIT_MS = 40;
const MAX_WAIT_MS = 400;
/** Concealed frames after which a missing stream is silence, not a gap in speech. */
const MAX_CONCEALED = 6;
/** A jump of the RTP clock beyond this is a new start, not a gap. */
const MAX_JUMP_FRAMES = 500;
/** [C2] About 2 s; past that the oldest wait no longer. */
const MAX_PACKETS = 100;

/** [C2] How far what is sent may be ahead of the clock, as after a stall of the network; what is beyond is dropped. */
const MAX_AHEAD_MS = 4000;

/** Frame length by the TOC byte's configuration (RFC 6716, 3.1), in ticks: SILK, hybrid, CELT. */
const SILK_TICKS = [480, 960, 1920, 2880] as const;
const CELT_TICKS = [120, 240, 480, 960] as const;
/** An Opus packet lasts 120 ms at most. */
const MAX_PACKET_TICKS = 5760;

/** How long an Opus packet lasts, from its first bytes. */
export function opusTicks(payload: Uint8Array): number {
  const toc = payload[0] ?? 0;
  const config = toc >> 3;
  const frame =
    config >= 16 ? CELT_TICKS[config & 3]! : config >= 12 ? SILK_TICKS[config & 1]! : SILK_TICKS[config & 3]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (payload[1] ?? 0) & 0x3f;
  return Math.min(MAX_PACKET_TICKS, frame * Math.max(1, frames));
}

/** What to decode next: 20 ms each, but for `packet`, which lasts as long as it says itself. */
export type Playable =
  | { type: 'packet'; payload: Uint8Array }
  /** Lost, but the packet after it carries a copy (in-band FEC). */
  | { type: 'fec'; payload: Uint8Array }
  | { type: 'concealed' }
  | { type: 'silence' };

/**
 * Puts one Opus stream back into order for a listener that is a machine: packets are handed on the moment they
 * are in order (no playout delay), a gap is waited for as long as the network's jitter suggests, and silence
 * that the sender does not transmit is filled in by the clock so that voice activity keeps its sense of time.
 */
export class JitterBuffer {
  readonly #waiting = new Map<number, RtpPacket>();
  #next: number | undefined;
  #expectedTimestamp = 0;
  /** When the frame after the last one handed on is due, if the sender is silent or late. */
  #dueMs = 0;
  #gapSinceMs: number | undefined;
  #dtx = true;
  #concealed = 0;
  /** Silence frames handed on that the RTP clock has not yet accounted for. */
  #filled = 0;
  #jitterMs = 0;
  #lastTransit: number | undefined;
  /** How much more was handed on of what was sent than time has gone by, and when that was worked out. */
  #aheadMs = 0;
  #aheadAtMs = 0;
  readonly stats = { received: 0, lost: 0, recovered: 0, late: 0 };

  /** Smoothed interarrival jitter (RFC 3550, 6.4.1). */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  push(packet: RtpPacket, nowMs: number): void {
    this.stats.received += 1;
    this.#measure(packet, nowMs);
    if (this.#next === undefined) {
      this.#next = packet.sequence;
      this.#expectedTimestamp = packet.timestamp;
    }
    const distance = ahead(packet.sequence, this.#next, 16);
    if (Math.abs(distance) > 1000) this.#restart(packet);
    else if (distance < 0) {
      this.stats.late += 1;
      return;
    }
    this.#waiting.set(packet.sequence, packet);
  }

  /** Everything that can be decoded now, in order. */
  poll(nowMs: number): Playable[] {
    const out: Playable[] = [];
    if (this.#next === undefined) return out;
    while (this.#takeNext(out, nowMs)) {
      // until a gap or the end
    }
    if (this.#waiting.size === 0) this.#fill(out, nowMs);
    return out;
  }

  #takeNext(out: Playable[], nowMs: number): boolean {
    let packet = this.#waiting.get(this.#next!);
    if (packet === undefined) {
      packet = this.#firstWaiting();
      if (packet === undefined) return false;
      this.#gapSinceMs ??= nowMs;
      if (nowMs - this.#gapSinceMs < this.#waitMs() && this.#waiting.size < MAX_PACKETS) return false;
    }
    this.#aheadMs = Math.max(0, this.#aheadMs - (nowMs - this.#aheadAtMs));
    this.#aheadAtMs = nowMs;
    this.#bridge(packet, ahead(packet.sequence, this.#next!, 16), out);
    this.#deliver(packet, out, nowMs);
    return true;
  }

  #firstWaiting(): RtpPacket | undefined {
    let first: RtpPacket | undefined;
    for (const packet of this.#waiting.values())
      if (first === undefined || ahead(packet.sequence, first.sequence, 16) < 0) first = packet;
    return first;
  }

  /**
   * Makes up the time before a packet: `lost` packets are concealed, or what the sender left out as silence. What
   * the clock has filled in already is not made up again.
   */
  #bridge(packet: RtpPacket, lost: number, out: Playable[]): void {
    const frames = Math.round(ahead(packet.timestamp, this.#expectedTimestamp, 32) / FRAME_TICKS);
    const gap = frames > 0 && frames < MAX_JUMP_FRAMES ? Math.max(0, frames - this.#filled) : 0;
    const missing = this.#takeTime(gap * FRAME_MS) ? gap : 0;
    const recovered = lost > 0 && missing > 0 ? 1 : 0;
    for (let i = recovered; i < missing; i++)
      if (lost === 0 || this.#dtx || this.#concealed >= MAX_CONCEALED) out.push({ type: 'silence' });
      else {
        this.#concealed += 1;
        out.push({ type: 'concealed' });
      }
    if (recovered > 0) out.push({ type: 'fec', payload: packet.payload });
    this.stats.recovered += recovered;
    this.stats.lost += lost - recovered;
  }

  #deliver({ sequence, timestamp, payload }: RtpPacket, out: Playable[], nowMs: number): void {
    this.#waiting.delete(sequence);
    this.#filled = 0;
    this.#concealed = 0;
    this.#dtx = payload.length <= DTX_BYTES;
    const ticks = opusTicks(payload);
    if (!this.#takeTime(ticks / TICKS_PER_MS)) this.stats.late += 1;
    else if (!this.#dtx) out.push({ type: 'packet', payload });
    else for (let i = 0; i < Math.max(1, ticks / FRAME_TICKS); i++) out.push({ type: 'silence' });
    this.#next = (sequence + 1) & 0xffff;
    this.#expectedTimestamp = (timestamp + ticks) >>> 0;
    this.#gapSinceMs = undefined;
    this.#dueMs = nowMs + ticks / TICKS_PER_MS + (this.#dtx ? 0 : this.#waitMs());
  }

  /** False when there was more sound than time: nobody speaks faster than the clock for long. */
  #takeTime(soundMs: number): boolean {
    if (this.#aheadMs + soundMs > MAX_AHEAD_MS) return false;
    this.#aheadMs += soundMs;
    return true;
  }

  #fill(out: Playable[], nowMs: number): void {
    while (nowMs >= this.#dueMs) {
      this.#filled += 1;
      this.#dueMs += FRAME_MS;
      if (this.#dtx || this.#concealed >= MAX_CONCEALED) out.push({ type: 'silence' });
      else {
        this.#concealed += 1;
        out.push({ type: 'concealed' });
      }
    }
  }

  #restart(packet: RtpPacket): void {
    this.#waiting.clear();
    this.#next = packet.sequence;
    this.#expectedTimestamp = packet.timestamp;
    this.#filled = 0;
    this.#gapSinceMs = undefined;
  }

  #waitMs(): number {
    return Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, this.#jitterMs * 4));
  }

  #measure(packet: RtpPacket, nowMs: number): void {
    const transit = nowMs - packet.timestamp / TICKS_PER_MS;
    if (this.#lastTransit !== undefined) {
      const difference = Math.abs(transit - this.#lastTransit);
      if (difference < 2000) this.#jitterMs += (difference - this.#jitterMs) / 16;
    }
    this.#lastTransit = transit;
  }
}
