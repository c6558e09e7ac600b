import { describe, expect, it } from 'vitest';
import { Vp8RtpPayload } from 'werift';
import { packetizeVp8 } from './vp8-payload.ts';

const MAX_PAYLOAD = 1150;
/** A frame that looks like VP8 to a parser: the low bit of its first octet says keyframe (0) or not (1). */
const frameOf = (length: number, keyframe: boolean): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i === 0 ? (keyframe ? 0 : 1) : (i * 31) & 0xff));
/** The place of a frame of the base layer. */
const at = (pictureId: number) => ({ pictureId, baseId: 7, layer: 0 as const });
const parse = (payload: Uint8Array) => Vp8RtpPayload.deSerialize(Buffer.from(payload));

describe('VP8 payloads, with werift as the receiver', () => {
  it.each([1, 10, 1145, 1146, 1147, 2292, 2293, 40_000, 300_001])('puts a frame of %i bytes together again', length => {
    const frame = frameOf(length, true);
    const payloads = packetizeVp8(frame, at(5));
    expect(Buffer.concat(payloads.map(payload => parse(payload).payload))).toEqual(Buffer.from(frame));
  });

  it('keeps every payload below the limit, and all of nearly equal size', () => {
    for (let length = 1; length < 12_000; length += 97) {
      const sizes = packetizeVp8(frameOf(length, false), at(1)).map(payload => payload.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_PAYLOAD);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(sizes.length);
    }
  });

  it('marks the first payload alone as the start of the partition', () => {
    const parsed = packetizeVp8(frameOf(5000, true), at(9)).map(parse);
    expect(parsed.map(({ sBit }) => sBit)).toEqual([1, 0, 0, 0, 0]);
    expect(parsed.every(({ pid }) => pid === 0)).toBe(true);
  });

  it.each([0, 1, 127, 128, 0x1234, 0x7fff])('says which picture it is: %i', pictureId => {
    for (const { pictureId: read, mBit } of packetizeVp8(frameOf(3000, true), at(pictureId)).map(parse))
      expect([read, mBit]).toEqual([pictureId, 1]);
  });

  it('lets a receiver tell keyframes from others', () => {
    expect(parse(packetizeVp8(frameOf(3000, true), at(1))[0]!).isKeyframe).toBe(true);
    expect(parse(packetizeVp8(frameOf(3000, false), at(1))[0]!).isKeyframe).toBe(false);
  });

  it('says which layer a frame is of, that nothing needs layer 1, and that layer 1 needs the base layer only', () => {
    const place = { pictureId: 300, baseId: 0x1a5 & 0xff };
    // RFC 7741 4.2: X R N S PID | I L T K RSV | picture id | TL0PICIDX | TID Y KEYIDX; no other stack here reads these.
    const read = ([first, flags, , , baseId, last]: Uint8Array) => ({
      n: (first! >> 5) & 1,
      ilt: flags! >> 5,
      baseId,
      tid: last! >> 6,
      y: (last! >> 5) & 1,
    });
    const [base, upper] = ([0, 1] as const).map(layer => packetizeVp8(frameOf(3000, false), { ...place, layer }));
    expect(base).toHaveLength(3);
    for (const part of base!) expect(read(part)).toEqual({ n: 0, ilt: 7, baseId: 0xa5, tid: 0, y: 0 });
    for (const part of upper!) expect(read(part)).toEqual({ n: 1, ilt: 7, baseId: 0xa5, tid: 1, y: 1 });
    expect(read(packetizeVp8(frameOf(30, true), { ...place, layer: 0 })[0]!)).toMatchObject({ tid: 0, y: 1 });
  });
});
