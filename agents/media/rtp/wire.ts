/**
 * The few RTP and RTCP messages an agent exchanges with its router (RFC 3550, 4585, 5104).
 * Written here because each media thread loads it: the full stack costs 40 MB and 120 ms a thread.
 */

export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Uint8Array;
}

/** As it is written; `level`: of a voice, 0 the loudest .. 127 silence, dB below the loudest (RFC 6464). */
export type WrittenRtp = RtpPacket & { level?: number };

const RTP_HEADER = 12;
/** One word of one-byte header extensions (RFC 8285) behind their own head. */
const EXTENSION = 8;
/** The number of the level among them; a router that passes it on gives it the one that it has agreed on. */
const LEVEL_ID = 1;
/** The level of silence. */
export const SILENT = 127;
/** Seconds from the NTP epoch (1900) to the Unix epoch. */
const NTP_UNIX_OFFSET = 2_208_988_800;

/** RTCP packet types share the second byte with RTP's marker and payload type (RFC 5761). */
export const isRtcp = (data: Uint8Array): boolean => data.length >= 2 && data[1]! >= 192 && data[1]! <= 223;

export function writeRtp(packet: WrittenRtp): Buffer {
  const { level } = packet;
  const header = RTP_HEADER + (level === undefined ? 0 : EXTENSION);
  const out = Buffer.allocUnsafe(header + packet.payload.length);
  out[0] = level === undefined ? 0x80 : 0x90;
  out[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  out.writeUInt16BE(packet.sequence & 0xffff, 2);
  out.writeUInt32BE(packet.timestamp >>> 0, 4);
  out.writeUInt32BE(packet.ssrc >>> 0, 8);
  if (level !== undefined) {
    out.writeUInt32BE(0xbe_de_00_01, RTP_HEADER);
    // One byte of content; with one that is set on top: it is speech.
    out.writeUInt32BE(((LEVEL_ID << 28) | (((level < SILENT ? 0x80 : 0) | level) << 16)) >>> 0, RTP_HEADER + 4);
  }
  out.set(packet.payload, header);
  return out;
}

/** Undefined for anything that is not well-formed RTP. The payload is a view into `data`. */
export function readRtp(data: Buffer): RtpPacket | undefined {
  if (data.length < RTP_HEADER || data[0]! >> 6 !== 2) return undefined;
  let offset = RTP_HEADER + (data[0]! & 0x0f) * 4;
  if (data[0]! & 0x10) {
    if (data.length < offset + 4) return undefined;
    offset += 4 + data.readUInt16BE(offset + 2) * 4;
  }
  const padding = data[0]! & 0x20 ? data[data.length - 1]! : 0;
  const end = data.length - padding;
  if (offset > end) return undefined;
  return {
    payloadType: data[1]! & 0x7f,
    marker: (data[1]! & 0x80) !== 0,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(offset, end),
  };
}

/** How far `a` is ahead of `b` on a counter of `bits`, negative when behind. */
export function ahead(a: number, b: number, bits: 16 | 32): number {
  const shift = 32 - bits;
  return ((a - b) << shift) >> shift;
}

export interface SenderReport {
  ssrc: number;
  /** Wall clock of the report, Unix ms. */
  unixMs: number;
  /** RTP time of the same instant. */
  timestamp: number;
  packets: number;
  octets: number;
}

/** Sender report with an SDES chunk for the CNAME: together they let a receiver put two streams in step [M1]. */
export function writeSenderReport(report: SenderReport, cname: string): Buffer {
  const sr = Buffer.alloc(28);
  sr[0] = 0x80;
  sr[1] = 200;
  sr.writeUInt16BE(6, 2);
  sr.writeUInt32BE(report.ssrc >>> 0, 4);
  const seconds = Math.floor(report.unixMs / 1000);
  sr.writeUInt32BE((seconds + NTP_UNIX_OFFSET) >>> 0, 8);
  sr.writeUInt32BE(Math.floor(((report.unixMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12);
  sr.writeUInt32BE(report.timestamp >>> 0, 16);
  sr.writeUInt32BE(report.packets >>> 0, 20);
  sr.writeUInt32BE(report.octets >>> 0, 24);

  const name = Buffer.from(cname).subarray(0, 255);
  // A chunk ends with at least one zero octet and is padded to 32 bits.
  const chunk = Math.ceil((4 + 2 + name.length + 1) / 4) * 4;
  const sdes = Buffer.alloc(4 + chunk);
  sdes[0] = 0x81;
  sdes[1] = 202;
  sdes.writeUInt16BE(chunk / 4, 2);
  sdes.writeUInt32BE(report.ssrc >>> 0, 4);
  sdes[8] = 1;
  sdes[9] = name.length;
  sdes.set(name, 10);
  return Buffer.concat([sr, sdes]);
}

/** Picture loss indication (RFC 4585 6.3.1): asks the sender of `ssrc` for a keyframe. */
export function writeKeyframeRequest(ssrc: number): Buffer {
  const pli = Buffer.alloc(12);
  pli[0] = 0x81;
  pli[1] = 206;
  pli.writeUInt16BE(2, 2);
  // We receive only: 0 stands for no source of our own.
  pli.writeUInt32BE(ssrc >>> 0, 8);
  return pli;
}

export type Feedback =
  | { type: 'keyframe'; ssrc: number }
  /**
   * Fraction 0..1 of our packets lost on the way since the last report, and `lost` in all; of the round trip, which of
   * our reports came last (the middle of its NTP time, 0: none) and how long ago, in 1/65536 s as in RFC 3550.
   */
  | {
      type: 'loss';
      ssrc: number;
      fraction: number;
      lost: number;
      jitter: number;
      lastReport: number;
      delay: number;
    };

/** Keyframe requests (PLI, FIR) and loss reports in a compound RTCP packet; what is not understood is skipped. */
export function readFeedback(data: Buffer): Feedback[] {
  const found: Feedback[] = [];
  let offset = 0;
  while (offset + 4 <= data.length) {
    const count = data[offset]! & 0x1f;
    const type = data[offset + 1]!;
    const end = offset + 4 + data.readUInt16BE(offset + 2) * 4;
    if (data[offset]! >> 6 !== 2 || end > data.length) break;
    const blocks = type === 200 ? offset + 28 : type === 201 ? offset + 8 : undefined;
    if (blocks !== undefined)
      for (let block = blocks, i = 0; i < count && block + 24 <= end; i++, block += 24)
        found.push({
          type: 'loss',
          ssrc: data.readUInt32BE(block),
          fraction: data[block + 4]! / 256,
          lost: data.readIntBE(block + 5, 3),
          jitter: data.readUInt32BE(block + 12),
          lastReport: data.readUInt32BE(block + 16),
          delay: data.readUInt32BE(block + 20),
        });
    if (type === 206 && count === 1 && offset + 12 <= end)
      found.push({ type: 'keyframe', ssrc: data.readUInt32BE(offset + 8) });
    if (type === 206 && count === 4)
      for (let entry = offset + 12; entry + 8 <= end; entry += 8)
        found.push({ type: 'keyframe', ssrc: data.readUInt32BE(entry) });
    offset = end;
  }
  return found;
}
