import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createWorker } from 'mediasoup';
import type { Consumer, DirectTransport, PlainTransport, Producer, Worker } from 'mediasoup/types';
import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av';
import { AV_CODEC_ID_VP8 } from 'node-av/constants';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Vp8Encoder } from '../agents/face/vp8.ts';
import { isRtcp, readFeedback, readRtp } from '../agents/media/rtp/wire.ts';
import { FaceSender } from '../agents/media/sender.ts';
import { agentRtp, ROUTER_CODECS } from '../server/rooms/mediasoup/codecs.ts';

const SIZE = { width: 128, height: 96 };
const SSRC = 4711;
/** Bytes before the frame in every payload. */
const DESCRIPTOR = 6;
const PATIENCE = { timeout: 30_000, interval: 10 };

let worker: Worker;
let socket: Socket;
let plain: PlainTransport;
let viewers: DirectTransport;
let producer: Producer;
let encoder: Vp8Encoder;
let sender: FaceSender;
let keyframeRequests: number;
let shown: number;

/** What one viewer got: the frames, put together. */
class Viewer {
  readonly frames: Buffer[] = [];
  #parts: Buffer[] = [];
  readonly consumer: Consumer;

  static async join(): Promise<Viewer> {
    const { rtpCapabilities } = viewersRouter();
    return new Viewer(await viewers.consume({ producerId: producer.id, rtpCapabilities }));
  }

  private constructor(consumer: Consumer) {
    this.consumer = consumer;
    consumer.on('rtp', data => {
      const packet = readRtp(data)!;
      const start = (packet.payload[0]! & 0x10) !== 0;
      if (start) this.#parts = [];
      this.#parts.push(Buffer.from(packet.payload.subarray(DESCRIPTOR)));
      if (packet.marker) this.frames.push(Buffer.concat(this.#parts));
    });
  }
}
let viewersRouter: () => { rtpCapabilities: Parameters<DirectTransport['consume']>[0]['rtpCapabilities'] };

beforeEach(async () => {
  worker = await createWorker({ logLevel: 'error' });
  const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
  viewersRouter = () => router;
  plain = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: true });
  socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await plain.connect({ ip: '127.0.0.1', port: socket.address().port });
  const { port } = socket.address();
  const endpoint = { ip: '127.0.0.1', port, cname: 'c', audioSsrc: 1, videoSsrc: SSRC };
  producer = await plain.produce({ kind: 'video', rtpParameters: agentRtp('video', endpoint) });
  viewers = await router.createDirectTransport();
  encoder = new Vp8Encoder({ ...SIZE, frameRate: 25, bitrate: 300_000 });
  sender = new FaceSender(SSRC);
  [keyframeRequests, shown] = [0, 0];
  socket.on('message', data => {
    if (isRtcp(data)) keyframeRequests += readFeedback(data).filter(({ type }) => type === 'keyframe').length;
  });
});
afterEach(async () => {
  encoder.close();
  socket.close();
  const gone = once(worker, 'subprocessclose');
  worker.close();
  await gone;
});

/** Sends pictures as an avatar does, answering requests for keyframes [M2]. */
async function show(count: number): Promise<void> {
  for (const end = shown + count; shown < end; shown++) {
    const data = new Uint8Array((SIZE.width * SIZE.height * 3) / 2).fill(128);
    for (let i = 0; i < SIZE.width * SIZE.height; i++) data[i] = 40 + (((i % SIZE.width) + shown * 3) % 160);
    const asked = keyframeRequests > 0;
    keyframeRequests = 0;
    for (const packet of sender.frame(encoder.encode({ ...SIZE, data }, asked), shown * 3600))
      socket.send(packet, plain.tuple.localPort, '127.0.0.1');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** How many of the frames can be decoded. */
function decodable(frames: Buffer[]): number {
  const decoder = new CodecContext();
  decoder.allocContext3(Codec.findDecoder(AV_CODEC_ID_VP8)!);
  FFmpegError.throwIfError(decoder.open2Sync(null, null));
  const packet = new Packet();
  const picture = new Frame();
  packet.alloc();
  picture.alloc();
  let count = 0;
  for (const frame of frames) {
    packet.data = frame;
    if (decoder.sendPacketSync(packet) === 0 && decoder.receiveFrameSync(picture) === 0) count += 1;
  }
  picture.free();
  packet.free();
  decoder.freeContext();
  return count;
}

describe('a face in two layers, through the real router', () => {
  it('comes whole to who can take it, and as half of the pictures, all decodable, to who cannot', async () => {
    const [fast, slow] = [await Viewer.join(), await Viewer.join()];
    expect(slow.consumer.type).toBe('simulcast');
    await slow.consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 0 });
    // A viewer starts in the base layer and goes up when the router has measured both.
    while (fast.consumer.currentLayers?.temporalLayer !== 1 && shown < 500) await show(5);
    const before = [fast.frames.length, slow.frames.length] as const;
    await show(100);
    await vi.waitUntil(() => fast.frames.length >= before[0] + 100, PATIENCE);
    expect(fast.frames.length - before[0]).toBe(100);
    expect(slow.frames.length - before[1]).toBeGreaterThanOrEqual(49);
    expect(slow.frames.length - before[1]).toBeLessThanOrEqual(51);
    expect(decodable(fast.frames)).toBe(fast.frames.length);
    expect(decodable(slow.frames)).toBe(slow.frames.length);
  });

  it('may go up to all pictures in the middle of the stream, without a keyframe', async () => {
    const viewer = await Viewer.join();
    await viewer.consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 0 });
    await show(30);
    await viewer.consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 1 });
    const before = viewer.frames.length;
    while (viewer.consumer.currentLayers?.temporalLayer !== 1 && shown < 500) await show(5);
    const up = viewer.frames.length;
    await show(40);
    await vi.waitUntil(() => viewer.frames.length >= up + 38, PATIENCE);
    expect(viewer.frames.slice(before).filter(frame => (frame[0]! & 1) === 0)).toEqual([]);
    expect(decodable(viewer.frames)).toBe(viewer.frames.length);
  });

  it('[M2] starts with a keyframe for who comes later, and for who pauses and goes on', async () => {
    await show(7);
    const viewer = await Viewer.join();
    await show(10);
    await vi.waitUntil(() => viewer.frames.length > 5, PATIENCE);
    expect(viewer.frames[0]![0]! & 1).toBe(0);
    await viewer.consumer.pause();
    await show(11);
    const before = viewer.frames.length;
    await viewer.consumer.resume();
    await show(10);
    await vi.waitUntil(() => viewer.frames.length > before + 5, PATIENCE);
    expect(viewer.frames[before]![0]! & 1).toBe(0);
    expect(decodable(viewer.frames)).toBe(viewer.frames.length);
  });
});
