import { describe, expect, it } from 'vitest';
import { Continuation } from './continuation.ts';

const rtp = (ssrc: number, sequence: number, timestamp: number): Buffer => {
  const packet = Buffer.alloc(20);
  packet[0] = 0x80;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(timestamp, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
};
/** A sender report, and the description behind it. */
const report = (ssrc: number): Buffer => {
  const packet = Buffer.alloc(40);
  packet.set([0x80, 200, 0, 6]);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(50_480, 16);
  packet.set([0x81, 202, 0, 2], 28);
  packet.writeUInt32BE(ssrc, 32);
  return packet;
};
const told = (packet: Buffer) => ({
  sequence: packet.readUInt16BE(2),
  timestamp: packet.readUInt32BE(4),
  ssrc: packet.readUInt32BE(8),
});

describe('a stream made of several', () => {
  it('is the first one as it is, under another name', () => {
    const stream = new Continuation(48_000);
    const packet = rtp(1, 500, 960);
    stream.packet(packet, 99, 0);
    expect(told(packet)).toEqual({ sequence: 500, timestamp: 960, ssrc: 99 });
  });

  it('goes on without a seam when another source takes over, over the wrap of both counters', () => {
    const stream = new Continuation(48_000);
    stream.packet(rtp(1, 65_535, 2 ** 32 - 100), 99, 1000);
    const next = rtp(2, 17, 5_000_000);
    stream.packet(next, 99, 1020);
    expect(told(next)).toEqual({ sequence: 0, timestamp: 860, ssrc: 99 });
    const after = rtp(2, 18, 5_000_960);
    stream.packet(after, 99, 1040);
    expect(told(after)).toEqual({ sequence: 1, timestamp: 1820, ssrc: 99 });
  });

  it('lets no two pictures have one time', () => {
    const stream = new Continuation(90_000);
    stream.packet(rtp(1, 1, 100), 9, 5);
    const next = rtp(2, 1, 100);
    stream.packet(next, 9, 5);
    expect(told(next).timestamp).toBe(101);
  });

  it('has sender reports in its own time, and none of who does not send', () => {
    const stream = new Continuation(48_000);
    stream.packet(rtp(1, 1, 1000), 9, 0);
    stream.packet(rtp(2, 1, 50_000), 9, 10);
    expect(stream.report(report(1), 9)).toBe(false);
    const second = report(2);
    expect(stream.report(second, 9)).toBe(true);
    expect([4, 16, 32].map(at => second.readUInt32BE(at))).toEqual([9, 1960, 9]);
  });
});
