import wrtc from '@roamhq/wrtc';
import { Device } from 'mediasoup-client';
import type { RtpCapabilities, RtpParameters, Transport } from 'mediasoup-client/types';
import type { Socket } from 'socket.io-client';
import { type ParticipantInfo, SIGNALING_VERSION } from '../../protocol/signaling.ts';
import { connectSocket, request } from './socket.ts';

export { connectSocket, request };

const { RTCPeerConnection, MediaStream, nonstandard } = wrtc;
// mediasoup-client drives whatever RTCPeerConnection the global scope has.
Object.assign(globalThis, { RTCPeerConnection, MediaStream, RTCRtpTransceiver: class {} });

export interface DecodedAudio {
  samples: Int16Array;
  sampleRate: number;
  numberOfFrames?: number;
  /** When it was played, Unix ms. */
  atMs: number;
}
export interface DecodedVideo {
  frame: { width: number; height: number; data: Uint8Array };
}

export async function fetchToken(url: string, room: string, name: string): Promise<string> {
  const response = await fetch(`${url}/api/rooms/${room}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return ((await response.json()) as { token: string }).token;
}

/** A participant on another WebRTC stack than any browser's: libwebrtc inside Node, receiving only. */
export class Peer {
  readonly socket: Socket;
  readonly audio: DecodedAudio[] = [];
  readonly video: DecodedVideo[] = [];
  #recv: Transport | undefined;
  #sinks: { stop(): void }[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async join(url: string, room: string, name: string): Promise<Peer> {
    const peer = new Peer(connectSocket(url));
    const { socket } = peer;
    // The avatar may come before the reply to `join` has been worked through.
    const early: ParticipantInfo[] = [];
    let consumeAll: (participant: ParticipantInfo) => unknown = participant => early.push(participant);
    socket.on('participant.joined', ({ participant }: { participant: ParticipantInfo }) => consumeAll(participant));
    const joined = await request(socket, 'join', {
      version: SIGNALING_VERSION,
      token: await fetchToken(url, room, name),
    });
    const device = new Device({ handlerName: 'Chrome111' });
    await device.load({ routerRtpCapabilities: joined.routerRtpCapabilities as unknown as RtpCapabilities });
    const recv = device.createRecvTransport(
      joined.transports!.recv as unknown as Parameters<Device['createRecvTransport']>[0],
    );
    peer.#recv = recv;
    recv.on('connect', ({ dtlsParameters }, done, failed) => {
      request(socket, 'transport.connect', {
        transportId: recv.id,
        dtlsParameters: dtlsParameters as unknown as Record<string, unknown>,
      }).then(() => done(), failed);
    });
    const consume = async (producerId: string) => {
      const rtpCapabilities = device.rtpCapabilities as unknown as Record<string, unknown>;
      const { consumerId, kind, rtpParameters } = await request(socket, 'consume', { producerId, rtpCapabilities });
      const consumer = await recv.consume({
        id: consumerId,
        producerId,
        kind,
        rtpParameters: rtpParameters as unknown as RtpParameters,
      });
      if (kind === 'audio') {
        const sink = new nonstandard.RTCAudioSink(consumer.track);
        sink.ondata = (data: DecodedAudio) =>
          peer.audio.push({ samples: data.samples.slice(), sampleRate: data.sampleRate, atMs: Date.now() });
        peer.#sinks.push(sink);
      } else {
        const sink = new nonstandard.RTCVideoSink(consumer.track);
        sink.onframe = (frame: DecodedVideo) => {
          peer.video.push({
            frame: { width: frame.frame.width, height: frame.frame.height, data: frame.frame.data.slice() },
          });
          if (peer.video.length > 200) peer.video.shift();
        };
        peer.#sinks.push(sink);
      }
      await request(socket, 'consumer.resume', { consumerId });
    };
    const seen = new Set<string>();
    consumeAll = async participant => {
      if (participant.kind !== 'avatar') return;
      for (const { producerId } of participant.producers) {
        if (seen.has(producerId)) continue;
        seen.add(producerId);
        await consume(producerId);
      }
    };
    for (const participant of [...joined.snapshot.participants, ...early]) await consumeAll(participant);
    return peer;
  }

  close(): void {
    for (const sink of this.#sinks) sink.stop();
    this.#recv?.close();
    this.socket.disconnect();
  }
}
