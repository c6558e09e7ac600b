import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av';
import { AV_CODEC_ID_VP8 } from 'node-av/constants';
import { afterEach, describe, expect, it } from 'vitest';
import type { I420 } from './avatar.ts';
import { seeded } from './random.ts';
import { BASE_SHARE, Vp8Encoder } from './vp8.ts';

const SIZE = { width: 128, height: 96 };
let encoder: Vp8Encoder;

function open(bitrate = 400_000): Vp8Encoder {
  encoder = new Vp8Encoder({ ...SIZE, frameRate: 25, bitrate });
  return encoder;
}
afterEach(() => encoder.close());

/** A picture that moves with `n`. */
function picture(n: number): I420 {
  const { width, height } = SIZE;
  const data = new Uint8Array((width * height * 3) / 2);
  for (let i = 0; i < width * height; i++) data[i] = 40 + (((i % width) + n * 3 + Math.floor(i / width)) % 160);
  data.fill(100, width * height, (width * height * 5) / 4);
  data.fill(170, (width * height * 5) / 4);
  return { ...SIZE, data };
}

/** Luma of each frame, by FFmpeg's own decoder. */
function decode(frames: { payload: Uint8Array }[]): Uint8Array[] {
  const decoder = new CodecContext();
  decoder.allocContext3(Codec.findDecoder(AV_CODEC_ID_VP8)!);
  FFmpegError.throwIfError(decoder.open2Sync(null, null));
  const packet = new Packet();
  const frame = new Frame();
  packet.alloc();
  frame.alloc();
  const decoded = frames.map(({ payload }) => {
    packet.data = Buffer.from(payload);
    FFmpegError.throwIfError(decoder.sendPacketSync(packet));
    FFmpegError.throwIfError(decoder.receiveFrameSync(frame));
    const { width, height } = frame;
    const luma = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const from = y * frame.linesize[0]!;
      luma.set(frame.data![0]!.subarray(from, from + width), y * width);
    }
    return luma;
  });
  frame.free();
  packet.free();
  decoder.freeContext();
  return decoded;
}

describe('Vp8Encoder', () => {
  it('gives one frame for every picture, with keyframes only where asked for', () => {
    open();
    const kinds = Array.from({ length: 300 }, (_, n) => encoder.encode(picture(n), false).keyframe);
    expect(kinds.indexOf(true)).toBe(0);
    expect(kinds.lastIndexOf(true)).toBe(0);
  });

  it('[M2] answers a keyframe request in the very frame', () => {
    open();
    const asked = [0, 7, 8, 40];
    const got = Array.from({ length: 50 }, (_, n) => encoder.encode(picture(n), asked.includes(n)));
    expect(got.flatMap((frame, n) => (frame.keyframe ? [n] : []))).toEqual(asked);
  });

  it('shows after decoding what was drawn, colours included', () => {
    open(1_000_000);
    const decoder = new CodecContext();
    decoder.allocContext3(Codec.findDecoder(AV_CODEC_ID_VP8)!);
    FFmpegError.throwIfError(decoder.open2Sync(null, null));
    const packet = new Packet();
    const frame = new Frame();
    packet.alloc();
    frame.alloc();
    for (let n = 0; n < 10; n++) {
      packet.data = Buffer.from(encoder.encode(picture(n), false).payload);
      FFmpegError.throwIfError(decoder.sendPacketSync(packet));
      FFmpegError.throwIfError(decoder.receiveFrameSync(frame));
      const original = picture(n).data;
      let error = 0;
      for (let y = 0; y < SIZE.height; y++)
        for (let x = 0; x < SIZE.width; x++)
          error += Math.abs(frame.data![0]![y * frame.linesize[0]! + x]! - original[y * SIZE.width + x]!);
      expect(error / (SIZE.width * SIZE.height)).toBeLessThan(8);
      expect(Math.abs(frame.data![1]![500]! - 100)).toBeLessThan(3);
      expect(Math.abs(frame.data![2]![500]! - 170)).toBeLessThan(3);
    }
    frame.free();
    packet.free();
    decoder.freeContext();
  });

  it('can do without layer 1: the base layer alone decodes to the same pictures', () => {
    open();
    const frames = Array.from({ length: 60 }, (_, n) => encoder.encode(picture(n), n === 31));
    // The pattern begins anew with the keyframe in its odd place.
    expect(frames.map(({ layer }) => layer)).toEqual(frames.map((_, n) => (n < 31 ? n : n - 31) % 2));
    const all = decode(frames);
    const base = decode(frames.filter(({ layer }) => layer === 0));
    expect(base).toHaveLength(31);
    expect(base).toEqual(all.filter((_, n) => frames[n]!.layer === 0));
  });

  it('gives the base layer the larger share', () => {
    open(300_000);
    const frames = Array.from({ length: 150 }, (_, n) => encoder.encode(picture(n * 5), false)).slice(50);
    const bytes = (layer: number) =>
      frames.reduce((sum, frame) => sum + (frame.layer === layer ? frame.payload.length : 0), 0);
    const share = bytes(0) / (bytes(0) + bytes(1));
    expect(share).toBeGreaterThan(BASE_SHARE - 0.12);
    expect(share).toBeLessThan(BASE_SHARE + 0.12);
  });

  it('goes on with a keyframe when the picture changes its size', () => {
    open();
    const half = { width: 64, height: 48, data: new Uint8Array((64 * 48 * 3) / 2).fill(90) };
    const sizes = decode([
      encoder.encode(picture(0), false),
      encoder.encode(half, false),
      encoder.encode(half, false),
      encoder.encode(picture(1), false),
    ]).map(luma => luma.length);
    expect(sizes).toEqual([128 * 96, 64 * 48, 64 * 48, 128 * 96]);
  });

  it('follows a new bitrate, starting with a keyframe', () => {
    open(1_500_000);
    const random = seeded(3);
    const noise = Uint8Array.from({ length: 200_000 }, () => 60 + 120 * random());
    const noisy = (n: number) => ({
      ...SIZE,
      data: noise.subarray(n * 997, n * 997 + (SIZE.width * SIZE.height * 3) / 2),
    });
    const bytes = (from: number) =>
      Array.from({ length: 75 }, (_, n) => encoder.encode(noisy(from + n), false).payload.length).reduce(
        (a, b) => a + b,
      );
    const rich = bytes(0);
    encoder.setBitrate(150_000);
    expect(encoder.encode(noisy(75), false).keyframe).toBe(true);
    expect(bytes(76)).toBeLessThan(rich / 2);
  });

  it('keeps going at the same bitrate without a keyframe', () => {
    open();
    encoder.encode(picture(0), false);
    encoder.setBitrate(400_000);
    expect(encoder.encode(picture(1), false).keyframe).toBe(false);
  });

  it('encodes 5000 frames without holding on to memory', () => {
    open();
    const pictures = Array.from({ length: 50 }, (_, n) => picture(n));
    for (let n = 0; n < 500; n++) encoder.encode(pictures[n % 50]!, false);
    const before = process.memoryUsage().rss;
    for (let n = 0; n < 5000; n++) encoder.encode(pictures[n % 50]!, n % 500 === 0);
    // One picture held per frame would be 90 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(45e6);
  }, 60_000);

  it('may be closed twice, and then encodes nothing', () => {
    open().close();
    expect(() => encoder.encode(picture(0), false)).toThrow('closed');
  });
});
