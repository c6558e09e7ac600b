import type { Consumer, Producer, Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
import type { ProducerInfo, Source } from '../../../protocol/signaling.ts';
import type { MediaRoomEvents } from '../room-control.ts';
import type { Streams } from './streams.ts';

export interface RoomParts {
  router: Router;
  server: WebRtcServer;
  agentIp: string;
  maxIncomingBitrate: number;
  events: MediaRoomEvents;
  /** All of the engine. */
  streams: Streams;
}

/** What those who are on a router know of their room. */
export interface RouterRoom {
  readonly parts: RoomParts;
  /** A track of somebody in this room, the avatar's included. */
  carries(producerId: string): boolean;
  /** Remembers a track, and watches a voice's loudness, until it closes. */
  added(producer: Producer, peer: 'person' | 'agent'): void;
  /** Remembers over which transport a picture is watched, until the consumer closes. */
  watching(consumer: Consumer, transport: WebRtcTransport): void;
  /** The transports over which a picture is watched. */
  viewersOf(producerId: string): WebRtcTransport[];
}

/** A track as those in the room know it. */
export const producerInfo = (producer: Producer): ProducerInfo => ({
  producerId: producer.id,
  kind: producer.kind,
  source: producer.appData.source as Source,
  paused: producer.paused,
});
