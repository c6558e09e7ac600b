import { beforeEach, describe, expect, it } from 'vitest';
import { packetizeVp8 } from './vp8-payload.ts';
import { Vp8Receiver } from './vp8-receiver.ts';
import type { RtpPacket } from './wire.ts';

/** Frames of several packets each; the lowest bit of the first byte is 0 in keyframes. */
const frame = (n: number, keyframe: boolean, bytes = 3000): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (i === 0 ? (keyframe ? 0 : 1) : (n * 7 + i) % 251));

let sequence: number;
function packets(n: number, data: Uint8Array): RtpPacket[] {
  const parts = packetizeVp8(data, { pictureId: n, baseId: n, layer: 0 });
  return parts.map((payload, i) => ({
    payloadType: 96,
    marker: i === parts.length - 1,
    sequence: sequence++ & 0xffff,
    timestamp: n * 3000,
    ssrc: 1,
    payload,
  }));
}

let receiver: Vp8Receiver;
beforeEach(() => {
  receiver = new Vp8Receiver();
  sequence = 65_530;
});
const push = (list: RtpPacket[], nowMs = 0) => list.flatMap(packet => receiver.push(packet, nowMs));

describe('a VP8 stream out of RTP', () => {
  it('is its frames, whole and in order, past the wrap of the sequence number', () => {
    const frames = Array.from({ length: 20 }, (_, n) => frame(n, n === 0));
    const got = frames.flatMap((data, n) => push(packets(n, data)));
    expect(got).toEqual(frames);
  });

  it('begins with a keyframe, and asks for one, not too often', () => {
    expect(push(packets(0, frame(0, false)))).toEqual([]);
    expect(receiver.wantsKeyframe(0)).toBe(true);
    expect(receiver.wantsKeyframe(100)).toBe(false);
    expect(receiver.wantsKeyframe(700)).toBe(true);
    expect(push(packets(1, frame(1, true)))).toHaveLength(1);
    expect(receiver.wantsKeyframe(9000)).toBe(false);
  });

  it('puts packets in order that overtook each other', () => {
    const [a, b] = [packets(0, frame(0, true)), packets(1, frame(1, false))];
    const mixed = [a[0]!, b[0]!, a[2]!, a[1]!, ...b.slice(1)];
    expect(push(mixed)).toEqual([frame(0, true), frame(1, false)]);
  });

  it('shows nothing after a loss until the next keyframe', () => {
    push(packets(0, frame(0, true)));
    const broken = packets(1, frame(1, false));
    push([broken[0]!, broken[2]!], 10);
    expect(push(packets(2, frame(2, false)), 100)).toEqual([]);
    expect(push(packets(3, frame(3, false)), 300)).toEqual([]);
    expect(receiver.wantsKeyframe(300)).toBe(true);
    expect(push(packets(4, frame(4, true)), 400)).toEqual([frame(4, true)]);
  });

  it('waits for a packet that comes again', () => {
    push(packets(0, frame(0, true)));
    const late = packets(1, frame(1, false));
    push([late[0]!, late[2]!], 10);
    expect(push(packets(2, frame(2, false)), 60)).toEqual([]);
    expect(push([late[1]!], 120)).toEqual([frame(1, false), frame(2, false)]);
  });

  it('waits for a keyframe when whoever decodes has lost the thread', () => {
    push(packets(0, frame(0, true)));
    receiver.restart();
    expect(push(packets(1, frame(1, false)))).toEqual([]);
    expect(receiver.wantsKeyframe(0)).toBe(true);
    expect(push(packets(2, frame(2, true)))).toHaveLength(1);
  });

  it('ignores what came twice and what came far too late', () => {
    const first = packets(0, frame(0, true));
    expect(push([...first, ...first])).toHaveLength(1);
    expect(push(first)).toEqual([]);
  });

  it('is not hurt by garbage, and holds no more than a bound of it [C2]', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    for (let i = 0; i < 5000; i++) {
      const payload = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256));
      const packet = { payloadType: 96, marker: random() < 0.3, sequence: Math.floor(random() * 65_536), timestamp: 0 };
      receiver.push({ ...packet, ssrc: 1, payload }, i);
    }
    const endless = { payloadType: 96, marker: false, timestamp: 5, ssrc: 2 };
    const part = new Uint8Array(1100).fill(0x11);
    const other = new Vp8Receiver();
    part[0] = 0x10;
    part[1] = 0;
    for (let i = 0; i < 3000; i++) {
      other.push({ ...endless, sequence: i & 0xffff, payload: part }, i);
      part[0] = 0;
    }
    expect(other.wantsKeyframe(1e6)).toBe(true);
  });
});
