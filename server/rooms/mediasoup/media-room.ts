import type { AudioLevelObserver, Consumer, Producer, WebRtcTransport } from 'mediasoup/types';
import type { AgentEndpoint, MediaAgent, MediaPeer, MediaRoom, Opaque } from '../room-control.ts';
import { MediasoupAgent } from './media-agent.ts';
import { MediasoupPeer } from './media-peer.ts';
import type { RoomParts, RouterRoom } from './router-room.ts';

/** One router, and who is on it. */
export class MediasoupRoom implements MediaRoom, RouterRoom {
  readonly parts: RoomParts;
  readonly #levels: AudioLevelObserver;
  readonly #viewers = new Map<string, Map<string, WebRtcTransport>>();
  readonly #producers = new Set<string>();
  #closing = false;

  static async create(parts: RoomParts): Promise<MediasoupRoom> {
    const levels = await parts.router.createAudioLevelObserver({ maxEntries: 6, threshold: -60, interval: 250 });
    return new MediasoupRoom(parts, levels);
  }

  private constructor(parts: RoomParts, levels: AudioLevelObserver) {
    this.parts = parts;
    this.#levels = levels;
    levels.on('volumes', volumes =>
      parts.events.speakers(volumes.map(({ producer }) => String(producer.appData.identity))),
    );
    levels.on('silence', () => parts.events.speakers([]));
    parts.router.on('workerclose', () => this.#ended('worker-died'));
    parts.router.observer.once('close', () => this.#ended('router-closed'));
  }

  get rtpCapabilities(): Opaque {
    return this.parts.router.rtpCapabilities as unknown as Opaque;
  }

  addPeer(identity: string): MediaPeer {
    return new MediasoupPeer(identity, this);
  }

  addAgent(identity: string, endpoint: AgentEndpoint): Promise<MediaAgent> {
    return MediasoupAgent.create(identity, endpoint, this);
  }

  carries(producerId: string): boolean {
    return this.#producers.has(producerId);
  }

  added(producer: Producer, peer: 'person' | 'agent'): void {
    if (producer.closed) return;
    this.parts.streams.add(producer, peer);
    this.#producers.add(producer.id);
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    if (producer.kind !== 'audio') return;
    this.#levels.addProducer({ producerId: producer.id }).catch(() => {
      // closed in the meantime
    });
  }

  watching(consumer: Consumer, transport: WebRtcTransport): void {
    this.parts.streams.add(consumer, 'person');
    if (consumer.kind !== 'video') return;
    const viewers = this.#viewers.get(consumer.producerId) ?? new Map<string, WebRtcTransport>();
    this.#viewers.set(consumer.producerId, viewers.set(consumer.id, transport));
    consumer.observer.once('close', () => {
      viewers.delete(consumer.id);
      if (viewers.size === 0) this.#viewers.delete(consumer.producerId);
    });
  }

  viewersOf(producerId: string): WebRtcTransport[] {
    return [...(this.#viewers.get(producerId)?.values() ?? [])];
  }

  close(): void {
    this.#closing = true;
    this.parts.router.close();
  }

  #ended(reason: 'worker-died' | 'router-closed'): void {
    if (this.#closing) return;
    this.#closing = true;
    this.parts.events.ended(reason);
  }
}
