import { describe, expect, it } from 'vitest';
import {
  PictureLossIndication,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtpHeader,
  RtpPacket,
} from 'werift';
import { ahead, isRtcp, readFeedback, readRtp, SILENT, writeRtp, writeSenderReport } from './wire.ts';

const PAYLOAD = Buffer.from('twenty ms of a voice');
const packet = {
  payloadType: 111,
  marker: true,
  sequence: 65_530,
  timestamp: 0xfedc_ba98,
  ssrc: 0x8000_0001,
  payload: PAYLOAD,
};
/** As werift writes it. */
const written = (header: Partial<RtpHeader> = {}, payload = PAYLOAD): Buffer =>
  new RtpPacket(
    new RtpHeader({ payloadType: 111, sequenceNumber: 7, timestamp: 960, ssrc: 42, payloadOffset: 12, ...header }),
    payload,
  ).serialize();
const report = (ssrc: number, fractionLost: number, jitter: number) =>
  new RtcpReceiverInfo({ ssrc, fractionLost, jitter, packetsLost: 3, highestSequence: 9, lsr: 0xfedc_ba98, dlsr: 65 });
const pli = (mediaSsrc: number): Buffer =>
  new RtcpPayloadSpecificFeedback({
    feedback: new PictureLossIndication({ senderSsrc: 1, mediaSsrc }),
  }).serialize();
/** RFC 5104, 4.3.1: the media source of each entry, not of the header, is asked. */
function fir(...ssrcs: number[]): Buffer {
  const out = Buffer.alloc(12 + 8 * ssrcs.length);
  out.writeUInt32BE(0x84ce_0000 + 2 + 2 * ssrcs.length, 0);
  ssrcs.forEach((ssrc, i) => {
    out.writeUInt32BE(ssrc, 12 + 8 * i);
  });
  return out;
}

/** Reproducible garbage. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the level of a voice in an RTP packet', () => {
  it.each([
    ['a loud frame', 12, 0x8c],
    ['silence, which is no speech', SILENT, 127],
  ])('is a header extension that others understand: %s', (_, level, byte) => {
    const { header, payload } = RtpPacket.deSerialize(writeRtp({ ...packet, level }));
    expect(header.extensions).toEqual([{ id: 1, payload: Buffer.from([byte]) }]);
    expect(header.extensionProfile).toBe(0xbede);
    expect(payload).toEqual(PAYLOAD);
    expect(readRtp(writeRtp({ ...packet, level }))).toEqual(packet);
  });
});

describe('RTP, with werift at the other end', () => {
  it('writes what an independent parser reads', () => {
    const { header, payload } = RtpPacket.deSerialize(writeRtp(packet));
    expect(header).toMatchObject({
      version: 2,
      payloadType: 111,
      marker: true,
      sequenceNumber: 65_530,
      timestamp: 0xfedc_ba98,
      ssrc: 0x8000_0001,
      padding: false,
      extension: false,
    });
    expect(payload).toEqual(PAYLOAD);
  });

  it('reads what an independent writer writes', () => {
    expect(readRtp(written())).toEqual({
      payloadType: 111,
      marker: false,
      sequence: 7,
      timestamp: 960,
      ssrc: 42,
      payload: PAYLOAD,
    });
  });

  it('finds the payload behind contributing sources and header extensions, and before padding', () => {
    const full = written({
      csrc: [1, 2, 3],
      csrcLength: 3,
      extension: true,
      extensionProfile: 0xbede,
      extensions: [
        { id: 1, payload: Buffer.from([10, 20, 30]) },
        { id: 4, payload: Buffer.from([0x55]) },
      ],
      padding: true,
      paddingSize: 5,
    });
    const parsed = RtpPacket.deSerialize(full);
    expect(parsed.payload.subarray(0, PAYLOAD.length)).toEqual(PAYLOAD);
    expect(Buffer.from(readRtp(full)!.payload)).toEqual(PAYLOAD);
  });

  it('wraps sequence numbers and timestamps that are counted on beyond their bits', () => {
    const { header } = RtpPacket.deSerialize(writeRtp({ ...packet, sequence: 65_537, timestamp: 2 ** 32 + 5 }));
    expect([header.sequenceNumber, header.timestamp]).toEqual([1, 5]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a cut header', written().subarray(0, 11)],
    ['another version', Buffer.concat([Buffer.from([0x40]), written().subarray(1)])],
    ['contributing sources that are not there', Buffer.concat([Buffer.from([0x8f]), written().subarray(1, 12)])],
    ['an extension that is not there', Buffer.concat([Buffer.from([0x90]), written().subarray(1, 13)])],
    ['more padding than packet', Buffer.concat([Buffer.from([0xa0]), written().subarray(1, 12), Buffer.from([200])])],
  ])('takes %s for nothing', (_, data) => {
    expect(readRtp(data)).toBeUndefined();
  });

  it('never throws, whatever arrives: 2000 random buffers, half of them dressed as RTP or RTCP', () => {
    const next = random(1);
    let read = 0;
    for (let i = 0; i < 2000; i++) {
      const data = Buffer.from(Array.from({ length: Math.floor(next() * 80) }, () => Math.floor(next() * 256)));
      if (i % 2 === 0 && data.length > 1) {
        data[0] = 0x80 | (data[0]! & 0x3f);
        data[1] = i % 4 === 0 ? 200 + (i % 7) : data[1]!;
      }
      const rtp = readRtp(data);
      if (rtp !== undefined) {
        read += 1;
        expect(rtp.payload.length).toBeLessThanOrEqual(data.length - 12);
      }
      for (const feedback of readFeedback(data)) expect(feedback.ssrc).toBeGreaterThanOrEqual(0);
      isRtcp(data);
    }
    expect(read).toBeGreaterThan(100);
  });
});

describe('RTCP, with werift at the other end', () => {
  it('tells RTCP from RTP by the second byte', () => {
    expect(isRtcp(pli(1))).toBe(true);
    expect(isRtcp(writeSenderReport({ ssrc: 1, unixMs: 0, timestamp: 0, packets: 0, octets: 0 }, 'x'))).toBe(true);
    expect(isRtcp(writeRtp(packet))).toBe(false);
    expect(isRtcp(Buffer.from([0x80]))).toBe(false);
  });

  it('[M1] writes sender reports that an independent parser reads, with NTP time and CNAME', () => {
    const unixMs = 1_700_000_000_250.5;
    const data = writeSenderReport(
      { ssrc: 0xffff_fff0, unixMs, timestamp: 0xffff_0000, packets: 12, octets: 3456 },
      'visavis-abc',
    );
    const [sr, sdes] = RtcpPacketConverter.deSerialize(data) as [RtcpSrPacket, RtcpSourceDescriptionPacket];
    expect(sr).toBeInstanceOf(RtcpSrPacket);
    expect(sr.ssrc).toBe(0xffff_fff0);
    expect(sr.senderInfo).toMatchObject({ rtpTimestamp: 0xffff_0000, packetCount: 12, octetCount: 3456 });
    const ntpSeconds =
      Number(sr.senderInfo.ntpTimestamp >> 32n) + Number(sr.senderInfo.ntpTimestamp & 0xffff_ffffn) / 2 ** 32;
    expect((ntpSeconds - 2_208_988_800) * 1000).toBeCloseTo(unixMs, 1);
    expect(sdes).toBeInstanceOf(RtcpSourceDescriptionPacket);
    expect(sdes.chunks).toMatchObject([{ source: 0xffff_fff0, items: [{ type: 1, text: 'visavis-abc' }] }]);
  });

  it.each(['', 'a', 'ab', 'abc', 'abcd', 'x'.repeat(300)])('pads a chunk with the name %j to whole words', name => {
    const data = writeSenderReport({ ssrc: 1, unixMs: 0, timestamp: 0, packets: 0, octets: 0 }, name);
    expect(data.length % 4).toBe(0);
    const [, sdes] = RtcpPacketConverter.deSerialize(data) as [RtcpSrPacket, RtcpSourceDescriptionPacket];
    expect(data.readUInt16BE(30) * 4 + 4).toBe(data.length - 28);
    if (name !== '') expect(sdes.chunks[0]?.items[0]?.text).toBe(name.slice(0, 255));
  });

  it('[M2] reads picture-loss indications and full-intra requests', () => {
    expect(readFeedback(pli(77))).toEqual([{ type: 'keyframe', ssrc: 77 }]);
    expect(readFeedback(fir(5, 0xffff_ffff))).toEqual([
      { type: 'keyframe', ssrc: 5 },
      { type: 'keyframe', ssrc: 0xffff_ffff },
    ]);
  });

  it('reads loss from receiver and sender reports', () => {
    const rest = { lost: 3, lastReport: 0xfedc_ba98, delay: 65 };
    const rr = new RtcpRrPacket({ ssrc: 1, reports: [report(10, 64, 160), report(11, 0, 5)] }).serialize();
    expect(readFeedback(rr)).toEqual([
      { type: 'loss', ssrc: 10, fraction: 0.25, jitter: 160, ...rest },
      { type: 'loss', ssrc: 11, fraction: 0, jitter: 5, ...rest },
    ]);
    const senderInfo = new RtcpSenderInfo({ ntpTimestamp: 1n, rtpTimestamp: 2, packetCount: 3, octetCount: 4 });
    const sr = new RtcpSrPacket({ ssrc: 1, senderInfo, reports: [report(12, 128, 7)] }).serialize();
    expect(readFeedback(sr)).toEqual([{ type: 'loss', ssrc: 12, fraction: 0.5, jitter: 7, ...rest }]);
  });

  it('reads a compound packet in order and skips what it does not know', () => {
    const unknown = Buffer.from([0x80, 204, 0, 1, 1, 2, 3, 4]);
    const rr = new RtcpRrPacket({ ssrc: 1, reports: [report(10, 0, 0)] }).serialize();
    expect(readFeedback(Buffer.concat([rr, unknown, pli(3), fir(4)])).map(({ type, ssrc }) => [type, ssrc])).toEqual([
      ['loss', 10],
      ['keyframe', 3],
      ['keyframe', 4],
    ]);
  });

  it('reads no further than a message that claims more than there is', () => {
    const cut = Buffer.concat([pli(3), pli(4).subarray(0, 8)]);
    expect(readFeedback(cut)).toEqual([{ type: 'keyframe', ssrc: 3 }]);
    const boasting = pli(9);
    boasting.writeUInt16BE(60_000, 2);
    expect(readFeedback(boasting)).toEqual([]);
  });

  it('reads no report blocks that the count promises but the length does not hold', () => {
    const rr = new RtcpRrPacket({ ssrc: 1, reports: [report(10, 1, 1)] }).serialize();
    rr[0] = 0x80 | 31;
    expect(readFeedback(rr)).toHaveLength(1);
  });
});

describe('distance on a wrapping counter', () => {
  it.each([
    [1, 0, 16, 1],
    [0, 65_535, 16, 1],
    [65_535, 0, 16, -1],
    [10, 65_500, 16, 46],
    [0x7fff, 0, 16, 32_767],
    [0, 0xffff_ffff, 32, 1],
    [0xffff_ffff, 0, 32, -1],
    [960, 0xffff_fff0, 32, 976],
    [0x7fff_ffff, 0, 32, 2_147_483_647],
  ] as const)('%i is ahead of %i (%i bits) by %i', (a, b, bits, distance) => {
    expect(ahead(a, b, bits)).toBe(distance);
  });
});
