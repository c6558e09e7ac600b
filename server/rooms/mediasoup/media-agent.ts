import type { Consumer, PlainTransport, Producer, WebRtcTransport } from 'mediasoup/types';
import type { ProducerInfo, Source } from '../../../protocol/signaling.ts';
import type { AgentEndpoint, MediaAgent } from '../room-control.ts';
import { agentRtp } from './codecs.ts';
import { producerInfo, type RouterRoom } from './router-room.ts';

/** More is of no use to any face, bit/s; an agent has its own limit for the size of its picture. */
const BEST_BITRATE = 8_000_000;
/** Share of a viewer's estimated downlink that the face may take: voices and other people need the rest. */
const FACE_SHARE = 0.6;
/** Share of the face's bitrate that its base layer takes: who can take no more still sees every other picture. */
const BASE_SHARE = 0.6;

/** Spatial layers of a camera: the middle one is enough to read a face. */
const FACE_LAYER = 1;
const BEST_LAYER = 2;

/** Media of one agent: a single plain RTP socket pair, RTCP multiplexed. */
export class MediasoupAgent implements MediaAgent {
  readonly #transport: PlainTransport;
  readonly #room: RouterRoom;
  readonly #producers: Producer[] = [];
  readonly #consumers = new Map<string, Consumer>();

  static async create(identity: string, endpoint: AgentEndpoint, room: RouterRoom): Promise<MediasoupAgent> {
    const transport = await room.parts.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: room.parts.agentIp },
      rtcpMux: true,
      comedia: false,
      appData: { identity },
    });
    const agent = new MediasoupAgent(transport, room);
    try {
      await transport.connect({ ip: endpoint.ip, port: endpoint.port });
      await agent.#produce(identity, 'audio', 'avatar-voice', endpoint);
      await agent.#produce(identity, 'video', 'avatar-face', endpoint);
    } catch (error) {
      transport.close();
      throw error;
    }
    return agent;
  }

  private constructor(transport: PlainTransport, room: RouterRoom) {
    this.#transport = transport;
    this.#room = room;
  }

  get ip(): string {
    return this.#transport.tuple.localAddress;
  }
  get port(): number {
    return this.#transport.tuple.localPort;
  }

  producers(): ProducerInfo[] {
    return this.#producers.map(producerInfo);
  }

  async listen(producerId: string): Promise<{ ssrc: number; payloadType: number }> {
    const { rtpCapabilities } = this.#room.parts.router;
    const consumer = await this.#transport.consume({ producerId, rtpCapabilities });
    this.#sending(producerId, consumer);
    const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
    const payloadType = consumer.rtpParameters.codecs[0]?.payloadType;
    if (ssrc === undefined || payloadType === undefined) throw new Error('the engine described no stream');
    return { ssrc, payloadType };
  }

  async see(producerId: string, detail: boolean): Promise<{ ssrc: number; payloadType: number; codec: 'vp8' }> {
    const { rtpCapabilities } = this.#room.parts.router;
    const consumer = await this.#transport.consume({
      producerId,
      rtpCapabilities,
      // The base layer in time: a face changes slowly, and half of the pictures cost half to decode.
      preferredLayers: { spatialLayer: detail ? BEST_LAYER : FACE_LAYER, temporalLayer: 0 },
    });
    const { encodings, codecs } = consumer.rtpParameters;
    const ssrc = encodings?.[0]?.ssrc;
    const codec = codecs[0];
    if (codec?.mimeType.toLowerCase() !== 'video/vp8' || ssrc === undefined) {
      consumer.close();
      throw new Error(`a camera that sends ${codec?.mimeType} cannot be seen`);
    }
    this.#sending(producerId, consumer);
    return { ssrc, payloadType: codec.payloadType, codec: 'vp8' };
  }

  unsee(producerId: string): void {
    this.#consumers.get(producerId)?.close();
  }

  async viewers(): Promise<{ count: number; bitrate: number }> {
    const face = this.#producers.find(producer => producer.kind === 'video');
    if (face === undefined) return { count: 0, bitrate: BEST_BITRATE };
    const viewers = this.#room.viewersOf(face.id);
    const downlinks = await Promise.all(viewers.map(downlinkBitrate));
    return { count: viewers.length, bitrate: faceBitrate(downlinks) };
  }

  close(): void {
    this.#transport.close();
  }

  #sending(producerId: string, consumer: Consumer): void {
    this.#consumers.set(producerId, consumer);
    this.#room.parts.streams.add(consumer, 'agent');
    consumer.observer.once('close', () => this.#consumers.delete(producerId));
  }

  async #produce(identity: string, kind: 'audio' | 'video', source: Source, endpoint: AgentEndpoint): Promise<void> {
    const producer = await this.#transport.produce({
      kind,
      rtpParameters: agentRtp(kind, endpoint),
      appData: { identity, source },
    });
    this.#producers.push(producer);
    this.#room.added(producer, 'agent');
  }
}

/** As the best downlink can take, for the others have the base layer; but that has to fit for everybody. Bit/s. */
export function faceBitrate(downlinks: number[]): number {
  const fits = downlinks.map(bitrate => bitrate * FACE_SHARE);
  return Math.min(BEST_BITRATE, Math.max(0, ...fits) || BEST_BITRATE, Math.min(...fits) / BASE_SHARE);
}

/** The engine's estimate of what one viewer can receive, bit/s; unbounded while there is none. */
async function downlinkBitrate(transport: WebRtcTransport): Promise<number> {
  if (transport.closed) return Number.POSITIVE_INFINITY;
  const [stats] = await transport.getStats().catch(() => []);
  return stats?.availableOutgoingBitrate || Number.POSITIVE_INFINITY;
}
