import type {
  Consumer,
  DtlsParameters,
  Producer,
  RtpCapabilities,
  RtpParameters,
  WebRtcTransport,
} from 'mediasoup/types';
import { RequestError } from '../../../protocol/errors.ts';
import type { ProducerInfo, TransportInfo } from '../../../protocol/signaling.ts';
import type { ConsumerInfo, MediaPeer, MediaPlain, Opaque } from '../room-control.ts';
import { MediasoupPlain } from './media-plain.ts';
import { producerInfo, type RouterRoom } from './router-room.ts';

const MAX_PRODUCERS = 4;
const MAX_CONSUMERS = 256;
/**
 * bit/s. Where packets overtake each other, the estimate of a line falls to next to nothing though the line carries
 * all of them, and a face at its lower frame rate would no longer be forwarded: what is less is not believed.
 */
const MIN_OUTGOING_BITRATE = 100_000;

/** mediasoup throws TypeErrors and its own for descriptions it cannot use: that is the sender's mistake. */
async function described<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError('bad-request', `${what} was refused: ${(error as Error).message}`);
  }
}

/** Media of one browser: one transport each way. */
export class MediasoupPeer implements MediaPeer {
  readonly #identity: string;
  readonly #room: RouterRoom;
  readonly #transports = new Map<string, WebRtcTransport>();
  #send: WebRtcTransport | undefined;
  #recv: WebRtcTransport | undefined;
  /** Tracks being made: they count already. */
  readonly #making = { published: 0, received: 0 };
  #plain: MediasoupPlain | undefined;
  #closed = false;
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, Consumer>();

  constructor(identity: string, room: RouterRoom) {
    this.#identity = identity;
    this.#room = room;
  }

  /** Makes both transports anew; earlier ones, with all they carried, are closed. */
  async createTransports(): Promise<{ send: TransportInfo; recv: TransportInfo }> {
    this.#closeTransports();
    const [send, recv] = await Promise.all([this.#createTransport(), this.#createTransport()]);
    await Promise.all([
      send.setMaxIncomingBitrate(this.#room.parts.maxIncomingBitrate),
      recv.setMinOutgoingBitrate(MIN_OUTGOING_BITRATE),
    ]);
    [this.#send, this.#recv] = [send, recv];
    return { send: transportInfo(send), recv: transportInfo(recv) };
  }

  async connectTransport(transportId: string, dtlsParameters: Opaque): Promise<void> {
    const transport = this.#transport(transportId);
    await described('connecting the transport', () =>
      transport.connect({ dtlsParameters: dtlsParameters as unknown as DtlsParameters }),
    );
  }

  async restartIce(transportId: string): Promise<Opaque> {
    return (await this.#transport(transportId).restartIce()) as unknown as Opaque;
  }

  async produce(request: Parameters<MediaPeer['produce']>[0]): Promise<ProducerInfo> {
    const transport = this.#transport(request.transportId);
    if (transport !== this.#send) throw new RequestError('bad-request', 'This transport is for receiving.');
    const producer = await this.#counted('published', MAX_PRODUCERS - this.#producers.size, 'the track', () =>
      transport.produce({
        kind: request.kind,
        rtpParameters: request.rtpParameters as unknown as RtpParameters,
        paused: request.paused,
        appData: { identity: this.#identity, source: request.source },
      }),
    );
    this.#published(producer);
    return producerInfo(producer);
  }

  async connectPlain(ssrc: number, bind: (ip: string) => Promise<number>): Promise<MediaPlain> {
    const plain = await MediasoupPlain.create(this.#identity, ssrc, this.#room.parts, bind);
    if (this.#closed) {
      plain.close();
      throw new RequestError('session-gone', 'The call was left while joining.', { retryable: true });
    }
    this.#plain = plain;
    this.#published(plain.producer);
    return plain;
  }

  #published(producer: Producer): void {
    this.#producers.set(producer.id, producer);
    producer.observer.once('close', () => {
      this.#producers.delete(producer.id);
      this.#room.parts.events.producerClosed(this.#identity, producerInfo(producer));
    });
    producer.on('score', scores => {
      const score = scores.reduce((best, each) => Math.max(best, each.score), 0);
      this.#room.parts.events.quality(this.#identity, 'send', producer.id, score);
    });
    this.#room.added(producer, 'person');
  }

  async setProducerPaused(producerId: string, paused: boolean): Promise<ProducerInfo> {
    const producer = this.#producer(producerId);
    await (paused ? producer.pause() : producer.resume());
    return producerInfo(producer);
  }

  closeProducer(producerId: string): void {
    this.#producer(producerId).close();
  }

  async consume(producerId: string, rtpCapabilities: Opaque): Promise<ConsumerInfo> {
    const recv = this.#recv;
    if (recv === undefined) throw new RequestError('not-found', 'There is no transport to receive on.');
    if (!this.#room.carries(producerId)) throw new RequestError('not-found', 'There is no such track in this room.');
    const capabilities = rtpCapabilities as unknown as RtpCapabilities;
    const consumer = await this.#counted(
      'received',
      MAX_CONSUMERS - this.#consumers.size,
      'receiving this track',
      async () => {
        if (!this.#room.parts.router.canConsume({ producerId, rtpCapabilities: capabilities }))
          throw new Error('no common codec');
        return recv.consume({ producerId, rtpCapabilities: capabilities, paused: true, enableRtx: true });
      },
    );
    this.#consumers.set(consumer.id, consumer);
    this.#room.watching(consumer, recv);
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    consumer.on('producerclose', () => this.#room.parts.events.consumerClosed(this.#identity, consumer.id));
    consumer.on('score', ({ score }) => this.#room.parts.events.quality(this.#identity, 'recv', consumer.id, score));
    return {
      consumerId: consumer.id,
      producerId,
      kind: consumer.kind,
      rtpParameters: consumer.rtpParameters as unknown as Opaque,
      producerPaused: consumer.producerPaused,
      syncGroup: consumer.rtpParameters.rtcp?.cname ?? producerId,
    };
  }

  async setConsumerPaused(consumerId: string, paused: boolean): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await (paused ? consumer.pause() : consumer.resume());
  }

  async setPreferredLayer(consumerId: string, spatialLayer: number): Promise<void> {
    await described('the layer', () => this.#consumer(consumerId).setPreferredLayers({ spatialLayer }));
  }

  producers(): ProducerInfo[] {
    return [...this.#producers.values()].map(producerInfo);
  }

  close(): void {
    this.#closed = true;
    this.#plain?.close();
    this.#closeTransports();
  }

  #closeTransports(): void {
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
  }

  /** Makes one more of what is limited, as the browser describes it. */
  async #counted<T>(done: 'published' | 'received', left: number, what: string, make: () => Promise<T>): Promise<T> {
    if (this.#making[done] >= left) throw new RequestError('forbidden', `No more tracks can be ${done}.`);
    this.#making[done] += 1;
    try {
      return await described(what, make);
    } finally {
      this.#making[done] -= 1;
    }
  }

  async #createTransport(): Promise<WebRtcTransport> {
    const transport = await this.#room.parts.router.createWebRtcTransport({
      webRtcServer: this.#room.parts.server,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: 1_500_000,
      appData: { identity: this.#identity },
    });
    if (this.#closed) {
      transport.close();
      throw new RequestError('session-gone', 'The call was left while joining.', { retryable: true });
    }
    this.#transports.set(transport.id, transport);
    return transport;
  }

  #transport(id: string): WebRtcTransport {
    return this.#transports.get(id) ?? missing('transport');
  }
  #producer(id: string): Producer {
    return this.#producers.get(id) ?? missing('track');
  }
  #consumer(id: string): Consumer {
    return this.#consumers.get(id) ?? missing('subscription');
  }
}

function missing(what: string): never {
  throw new RequestError('not-found', `There is no such ${what} of yours.`);
}

const transportInfo = (transport: WebRtcTransport): TransportInfo => ({
  id: transport.id,
  iceParameters: transport.iceParameters as unknown as Opaque,
  iceCandidates: transport.iceCandidates as unknown as Opaque[],
  dtlsParameters: transport.dtlsParameters as unknown as Opaque,
});
