import { createDecoder } from 'libopus-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RtcpPacketConverter, type RtcpSrPacket, RtpPacket, Vp8RtpPayload } from 'werift';
import { FRAME_SAMPLES } from './playout.ts';
import { FaceSender, MediaClock, VoiceSender } from './sender.ts';

const TICKS = 960;
const SSRC = 4711;

let sender: VoiceSender;
let time = 0;
beforeEach(async () => {
  sender = await VoiceSender.create(SSRC);
  time = 0;
});
afterEach(() => sender.close());

const buzz = (): Int16Array =>
  Int16Array.from(
    { length: FRAME_SAMPLES },
    (_, i) => 6000 * Math.sin(((time * FRAME_SAMPLES + i) * 2 * Math.PI * 220) / 48_000),
  );
/** One 20 ms step; what went out, as an independent parser reads it. */
function step(pcm?: Int16Array): RtpPacket | undefined {
  const packet = sender.frame(pcm, time++ * TICKS);
  return packet === undefined ? undefined : RtpPacket.deSerialize(packet);
}
const steps = (frames: number, pcm?: () => Int16Array): (RtpPacket | undefined)[] =>
  Array.from({ length: frames }, () => step(pcm?.()));
const sent = (packets: (RtpPacket | undefined)[]): RtpPacket[] => packets.filter(packet => packet !== undefined);

describe('sending a voice', () => {
  it('sends one packet for each frame of speech, with the payload type and stream that were announced', () => {
    const packets = sent(steps(25, buzz));
    expect(packets).toHaveLength(25);
    for (const { header } of packets) expect(header).toMatchObject({ payloadType: 111, ssrc: SSRC });
    const first = packets[0]!.header.sequenceNumber;
    expect(packets.map(({ header }) => header.sequenceNumber)).toEqual(packets.map((_, i) => first + i));
  });

  it('marks the first packet of a stretch of speech, and only that', () => {
    const packets = [...steps(5, buzz), ...steps(60), ...steps(5, buzz)];
    const marked = packets.flatMap((packet, i) => (packet?.header.marker === true ? [i] : []));
    expect(marked).toEqual([0, 65]);
  });

  it('does not mark speech that goes on after a short gap', () => {
    const packets = [...steps(5, buzz), ...steps(10), ...steps(5, buzz)];
    expect(sent(packets).filter(({ header }) => header.marker)).toHaveLength(1);
  });

  it('sends in silence only a sign of life, every 400 ms, and hardly a byte of it', () => {
    steps(10, buzz);
    steps(20);
    const quiet = steps(500);
    const beats = quiet.flatMap((packet, i) => (packet === undefined ? [] : [i]));
    expect(beats).toHaveLength(25);
    expect(new Set(beats.slice(1).map((at, i) => at - beats[i]!))).toEqual(new Set([20]));
    expect(sent(quiet).reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThan(25 * 40);
  });

  it('lets the RTP clock run on through silence, while sequence numbers stay without a gap', () => {
    const before = sent(steps(5, buzz)).at(-1)!.header;
    const quiet = sent(steps(207));
    const after = step(buzz())!.header;
    expect((after.timestamp - before.timestamp) / TICKS).toBe(208);
    expect((after.sequenceNumber - before.sequenceNumber) & 0xffff).toBe(quiet.length + 1);
  });

  it('sends what a decoder hears as the same tone', async () => {
    const decoder = await createDecoder({ sampleRate: 48_000, channels: 1 });
    const decoded = sent(steps(25, buzz)).map(({ payload }) => decoder.decode(payload).slice());
    decoder.free();
    const late = decoded.slice(10).flatMap(pcm => [...pcm]);
    let crossings = 0;
    for (let i = 1; i < late.length; i++) if (late[i - 1]! < 0 && late[i]! >= 0) crossings += 1;
    expect(crossings / (late.length / 48_000)).toBeCloseTo(220, -1);
    expect(Math.max(...late)).toBeGreaterThan(4000);
  });

  it('counts what it sent', () => {
    const packets = sent(steps(30, buzz));
    expect(sender.packets).toBe(30);
    expect(sender.octets).toBe(packets.reduce((sum, { payload }) => sum + payload.length, 0));
  });
});

describe('sending a face', () => {
  const frame = (length: number, layer: 0 | 1 = 0) => ({ payload: new Uint8Array(length), layer });

  it('sends a frame as packets of one timestamp, the last one marked, and counts pictures', () => {
    const face = new FaceSender(99);
    const first = face.frame(frame(3000), 1000).map(packet => RtpPacket.deSerialize(packet));
    const second = face.frame(frame(10, 1), 4600).map(packet => RtpPacket.deSerialize(packet));
    expect(first.map(({ header }) => header.marker)).toEqual([false, false, true]);
    expect(second.map(({ header }) => header.marker)).toEqual([true]);
    expect(new Set(first.map(({ header }) => header.timestamp))).toEqual(new Set([1000]));
    expect(second[0]!.header).toMatchObject({ timestamp: 4600, payloadType: 96, ssrc: 99 });
    expect(second[0]!.header.sequenceNumber).toBe(first[2]!.header.sequenceNumber + 1);
    const picture = (packet: RtpPacket) => Vp8RtpPayload.deSerialize(packet.payload).pictureId!;
    expect(picture(second[0]!)).toBe(picture(first[0]!) + 1);
    expect([face.packets, face.octets]).toEqual([4, 3010 + 4 * 6]);
  });

  it('counts frames of the base layer, and gives one of layer 1 the number of the one it refers to', () => {
    const face = new FaceSender(99);
    const ids = ([0, 1, 0, 1, 0] as const).map(layer => face.frame(frame(5, layer), 0)[0]![16]!);
    expect(ids.map(id => (id - ids[0]!) & 0xff)).toEqual([0, 0, 1, 1, 2]);
  });

  it('goes on over the wrap of sequence numbers and picture ids', () => {
    const face = new FaceSender(99);
    const headers = Array.from({ length: 70_000 }, (_, i) => face.frame(frame(1), i)[0]!);
    const sequences = headers.map(packet => packet.readUInt16BE(2));
    const ids = headers.map(packet => packet.readUInt16BE(14) & 0x7fff);
    expect(sequences.every((n, i) => i === 0 || n === ((sequences[i - 1]! + 1) & 0xffff))).toBe(true);
    expect(ids.every((n, i) => i === 0 || n === ((ids[i - 1]! + 1) & 0x7fff))).toBe(true);
  });
});

describe('[M1] the clock of both streams', () => {
  const reports = (clock: MediaClock, atMs: number) =>
    clock
      .reports(atMs, 'visavis-x', { ssrc: 1, packets: 10, octets: 100 }, { ssrc: 2, packets: 20, octets: 200 })
      .map(data => RtcpPacketConverter.deSerialize(data)[0] as RtcpSrPacket);

  it('maps the same instant of voice and face to the same wall clock', () => {
    const clock = new MediaClock(0);
    const [voice, face] = reports(clock, 5000);
    expect(voice!.senderInfo.ntpTimestamp).toBe(face!.senderInfo.ntpTimestamp);
    // A receiver puts a sample and a picture of 7.4 s into step by these two lines.
    const seconds = (timestamp: number, report: RtcpSrPacket, rate: number) =>
      ((timestamp - report.senderInfo.rtpTimestamp) | 0) / rate;
    const heard = seconds(clock.audioTimestamp(7400), voice!, 48_000);
    const seen = seconds(clock.videoTimestamp(7400), face!, 90_000);
    expect(heard).toBeCloseTo(2.4, 4);
    expect(seen).toBeCloseTo(heard, 4);
  });

  it('says the same line in every report, also after hours', () => {
    const clock = new MediaClock(0);
    const ntpMs = (report: RtcpSrPacket) => (Number(report.senderInfo.ntpTimestamp) / 2 ** 32) * 1000;
    const [early] = reports(clock, 0);
    for (const atMs of [20, 999_980, 12 * 3600_000]) {
      const [later] = reports(clock, atMs);
      expect(ntpMs(later!) - ntpMs(early!)).toBeCloseTo(atMs, 0);
      const ticks = (later!.senderInfo.rtpTimestamp - early!.senderInfo.rtpTimestamp) >>> 0;
      expect(ticks).toBe((atMs * 48) % 2 ** 32);
    }
  });

  it('reports each stream’s own counts', () => {
    const [voice, face] = reports(new MediaClock(0), 1000);
    expect([voice!.ssrc, voice!.senderInfo.packetCount, voice!.senderInfo.octetCount]).toEqual([1, 10, 100]);
    expect([face!.ssrc, face!.senderInfo.packetCount, face!.senderInfo.octetCount]).toEqual([2, 20, 200]);
  });

  it('is near the real wall clock', () => {
    const [voice] = reports(new MediaClock(50_000), 50_000);
    const unixMs = (Number(voice!.senderInfo.ntpTimestamp >> 32n) - 2_208_988_800) * 1000;
    expect(Math.abs(unixMs - Date.now())).toBeLessThan(2000);
  });
});
