import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Microphone } from '../../protocol/agents.ts';
import { type FarEnd, lineConformance } from '../testing/line-conformance.ts';
import { ConversationMedia, MediaThreads } from './conversation-media.ts';
import type { ToMedia } from './messages.ts';
import { isRtcp, readRtp, writeRtp } from './rtp/wire.ts';
import { RtpLine } from './rtp-line.ts';

const face = { rig: 'avatars/ollie', width: 128, height: 128, frameRate: 25, bitrate: 800_000 };
const PATIENCE = { timeout: 20_000, interval: 20 };
const RATE = 48_000;
const FRAME = RATE / 50;

let threads: MediaThreads;
let encoder: OpusEncoderHandle;
beforeAll(async () => {
  threads = new MediaThreads(1);
  encoder = await createEncoder({ sampleRate: RATE, channels: 1 });
});
afterAll(async () => {
  encoder.free();
  await threads.close();
});

/** A router that is at the other end of a line, over the loopback. */
async function open(): Promise<FarEnd> {
  const media = new ConversationMedia({ listenIp: '127.0.0.1', face, threads });
  const line = new RtpLine(media);
  const socket = createSocket('udp4');
  const arrived = { voice: 0, pictures: 0 };
  socket.on('message', data => {
    const packet = isRtcp(data) ? undefined : readRtp(data);
    if (packet?.ssrc === media.audioSsrc) arrived.voice += 1;
    if (packet?.ssrc === media.videoSsrc) arrived.pictures += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const [port] = await Promise.all([media.bound, media.faceReady]);
  line.connect('127.0.0.1', socket.address().port);
  let microphones = 0;
  const sent = new Map<number, number>();
  const buzz = Int16Array.from({ length: FRAME }, (_, i) => 8000 * Math.sin((2 * Math.PI * 200 * i) / RATE));
  return {
    line,
    arrived,
    microphone: identity => ({ identity, name: identity, ssrc: 100 + microphones++, payloadType: 111 }),
    talk: ({ ssrc, payloadType }: Microphone) => {
      const sequence = sent.get(ssrc) ?? 0;
      sent.set(ssrc, sequence + 1);
      const payload = encoder.encode(buzz);
      const timestamp = sequence * FRAME;
      socket.send(writeRtp({ payloadType, marker: false, sequence, timestamp, ssrc, payload }), port, '127.0.0.1');
    },
    breakDown: () => {
      media.send({ type: 'begin', turnId: 'broken' });
      const timeline = { turnId: 'broken', events: [] };
      media.send({ type: 'speech', turnId: 'broken', pcm: undefined as never, timeline });
    },
    until: holds => vi.waitUntil(holds, PATIENCE).then(() => {}),
    pass: ms => new Promise(resolve => setTimeout(resolve, ms)),
    close: async () => void socket.close(),
  };
}

lineConformance('RtpLine', open);

describe('the bitrate of the face', () => {
  it('follows the viewers between what an encoder needs and what a face is better for', () => {
    const sent: ToMedia[] = [];
    const line = new RtpLine({
      face,
      send: message => void sent.push(message),
      attach: () => {},
      stats: () => Promise.reject(new Error('no counters')),
      close: async () => {},
    });
    for (const bitrate of [0, 10_000, 400_000, 9_000_000]) line.viewers(0, bitrate);
    const bitrates = sent.flatMap(message => (message.type === 'viewers' ? [message.bitrate] : []));
    expect(bitrates).toEqual([50_000, 50_000, 400_000, 1_600_000]);
  });
});
