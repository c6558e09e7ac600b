/** One RTP stream made of several after each other: whoever receives it notices no seam (RFC 3550 5.1, 6.4.1). */
export class Continuation {
  readonly #ticksPerMs: number;
  #source: number | undefined;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #last: { sequence: number; timestamp: number; atMs: number } | undefined;

  /** @param clockRate of its timestamps, Hz */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1000;
  }

  /** Rewrites a packet in place, of whichever source it is. */
  packet(packet: Buffer, ssrc: number, nowMs = performance.now()): void {
    const source = packet.readUInt32BE(8);
    const [sequence, timestamp] = [packet.readUInt16BE(2), packet.readUInt32BE(4)];
    if (source !== this.#source) {
      this.#source = source;
      if (this.#last !== undefined) {
        const { sequence: lastSequence, timestamp: lastTimestamp, atMs } = this.#last;
        this.#sequenceOffset = lastSequence + 1 - sequence;
        // At least a tick: two pictures of one time would be one.
        const ticks = Math.max(1, Math.round((nowMs - atMs) * this.#ticksPerMs));
        this.#timestampOffset = lastTimestamp + ticks - timestamp;
      }
    }
    const sent = {
      sequence: (sequence + this.#sequenceOffset) & 0xffff,
      timestamp: (timestamp + this.#timestampOffset) >>> 0,
      atMs: nowMs,
    };
    this.#last = sent;
    packet.writeUInt16BE(sent.sequence, 2);
    packet.writeUInt32BE(sent.timestamp, 4);
    packet.writeUInt32BE(ssrc >>> 0, 8);
  }

  /** Rewrites a sender report of the same source, and the description behind it; false where it is of another. */
  report(packet: Buffer, ssrc: number): boolean {
    if (packet.readUInt32BE(4) !== this.#source) return false;
    packet.writeUInt32BE(ssrc >>> 0, 4);
    packet.writeUInt32BE((packet.readUInt32BE(16) + this.#timestampOffset) >>> 0, 16);
    // A chunk of SDES names the source, too.
    const next = 4 * (packet.readUInt16BE(2) + 1);
    if (packet.length >= next + 8 && packet[next + 1] === 202) packet.writeUInt32BE(ssrc >>> 0, next + 4);
    return true;
  }
}
