/**
 * The room engine behind a port: who routes the media. mediasoup today, others by configuration.
 * Ids are the engine's; descriptions (capabilities, RTP parameters) are passed through unread.
 */
import { RequestError } from '../../protocol/errors.ts';
import type { ProducerInfo, Source, TransportInfo } from '../../protocol/signaling.ts';

export type Opaque = Record<string, unknown>;

export interface ConsumerInfo {
  consumerId: string;
  producerId: string;
  kind: 'audio' | 'video';
  rtpParameters: Opaque;
  producerPaused: boolean;
  syncGroup: string;
}

/** Why an engine closed a room by itself. */
export type RoomEnd = 'worker-died' | 'router-closed';

/** Receives what happens in a room's media. */
export interface MediaRoomEvents {
  ended(reason: RoomEnd): void;
  producerClosed(identity: string, producer: ProducerInfo): void;
  consumerClosed(identity: string, consumerId: string): void;
  quality(identity: string, direction: 'send' | 'recv', id: string, score: number): void;
  /** Loudest first; empty when nobody speaks. */
  speakers(identities: string[]): void;
}

/** Media of one person, by whatever they are in the room. */
export interface MediaPerson {
  producers(): ProducerInfo[];
  close(): void;
}

/** Media of one browser that is here by our own page. */
export interface MediaPeer extends MediaPerson {
  createTransports(): Promise<{ send: TransportInfo; recv: TransportInfo }>;
  connectTransport(transportId: string, dtlsParameters: Opaque): Promise<void>;
  restartIce(transportId: string): Promise<Opaque>;
  produce(request: {
    transportId: string;
    kind: 'audio' | 'video';
    source: Source;
    rtpParameters: Opaque;
    paused: boolean;
  }): Promise<ProducerInfo>;
  setProducerPaused(producerId: string, paused: boolean): Promise<ProducerInfo>;
  closeProducer(producerId: string): void;
  consume(producerId: string, rtpCapabilities: Opaque): Promise<ConsumerInfo>;
  setConsumerPaused(consumerId: string, paused: boolean): Promise<void>;
  setPreferredLayer(consumerId: string, spatialLayer: number): Promise<void>;
  /**
   * Instead of transports: a microphone as Opus at 48 kHz in plain RTP.
   * @param bind opens the other end's socket on an address of this machine; resolves to its port
   */
  connectPlain(ssrc: number, bind: (ip: string) => Promise<number>): Promise<MediaPlain>;
}

/** Throws `forbidden` where somebody is here by another client, whose media are not ours to steer. */
export function browserMedia(media: MediaPerson): MediaPeer {
  if (!('createTransports' in media))
    throw new RequestError('forbidden', 'They are in this room by another client, which steers its media itself.');
  return media as MediaPeer;
}

/** A voice that another part of the server carries as plain RTP, into the room and out of it. */
export interface MediaPlain {
  readonly ip: string;
  readonly port: number;
  readonly microphone: ProducerInfo;
  /** Starts sending a voice there; resolves to its RTP identity. */
  listen(producerId: string): Promise<{ ssrc: number }>;
}

/** What an agent host says about its RTP socket and streams. */
export interface AgentEndpoint {
  ip: string;
  port: number;
  cname: string;
  audioSsrc: number;
  videoSsrc: number;
}

/** Media of one agent: plain RTP, one voice and one face out, every person's microphone in. */
export interface MediaAgent {
  readonly ip: string;
  readonly port: number;
  producers(): ProducerInfo[];
  /** Starts sending a microphone to the agent; resolves to its RTP identity. */
  listen(producerId: string): Promise<{ ssrc: number; payloadType: number }>;
  /**
   * Starts sending a camera or screen to the agent, VP8 only: every other picture of the middle layer, or of the best
   * with `detail`. Rejects with an Error for other codecs.
   */
  see(producerId: string, detail: boolean): Promise<{ ssrc: number; payloadType: number; codec: 'vp8' }>;
  /** Stops sending it. */
  unsee(producerId: string): void;
  /** How many watch the face, and the bitrate that serves them best: the base layer of it fits for the slowest. */
  viewers(): Promise<{ count: number; bitrate: number }>;
  close(): void;
}

export interface MediaRoom {
  readonly rtpCapabilities: Opaque;
  addPeer(identity: string): MediaPerson;
  addAgent(identity: string, endpoint: AgentEndpoint): Promise<MediaAgent>;
  close(): void;
}

/** Counters of one stream since it began. */
export interface StreamFigures {
  id: string;
  /** As the router sees it. */
  direction: 'received' | 'sent';
  peer: 'person' | 'agent';
  kind: 'audio' | 'video';
  packets: number;
  bytes: number;
  lost: number;
  jitterMs?: number;
  roundTripMs?: number;
}

export interface RoomControl {
  open(events: MediaRoomEvents): Promise<MediaRoom>;
  /** Counters of at most so many streams, others each time, and the ids of all there are. */
  streams(most: number): Promise<{ sampled: StreamFigures[]; present: ReadonlySet<string> }>;
  /** True when every worker runs. */
  readonly healthy: boolean;
  close(): Promise<void>;
}
