import type { PlainTransport, Producer } from 'mediasoup/types';
import type { ProducerInfo } from '../../../protocol/signaling.ts';
import type { MediaPlain } from '../room-control.ts';
import { voiceRtp } from './codecs.ts';
import { producerInfo, type RoomParts } from './router-room.ts';

/** One person's media as plain RTP, RTCP multiplexed: what a browser's two transports are to a browser. */
export class MediasoupPlain implements MediaPlain {
  readonly producer: Producer;
  readonly #transport: PlainTransport;
  readonly #parts: RoomParts;

  /** @param bind opens the other end's socket on that address of this machine; resolves to its port */
  static async create(
    identity: string,
    ssrc: number,
    parts: RoomParts,
    bind: (ip: string) => Promise<number>,
  ): Promise<MediasoupPlain> {
    const transport = await parts.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: parts.agentIp },
      rtcpMux: true,
      comedia: false,
      appData: { identity },
    });
    try {
      const ip = transport.tuple.localAddress;
      await transport.connect({ ip: ip === '0.0.0.0' ? '127.0.0.1' : ip, port: await bind(ip) });
      const producer = await transport.produce({
        kind: 'audio',
        rtpParameters: voiceRtp({ ssrc, cname: identity }),
        appData: { identity, source: 'microphone' },
      });
      return new MediasoupPlain(transport, producer, parts);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  private constructor(transport: PlainTransport, producer: Producer, parts: RoomParts) {
    this.#transport = transport;
    this.producer = producer;
    this.#parts = parts;
  }

  get ip(): string {
    return this.#transport.tuple.localAddress;
  }
  get port(): number {
    return this.#transport.tuple.localPort;
  }
  get microphone(): ProducerInfo {
    return producerInfo(this.producer);
  }

  async listen(producerId: string): Promise<{ ssrc: number }> {
    const { rtpCapabilities } = this.#parts.router;
    const consumer = await this.#transport.consume({ producerId, rtpCapabilities });
    this.#parts.streams.add(consumer, 'person');
    const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
    if (ssrc === undefined) throw new Error('the engine described no stream');
    return { ssrc };
  }

  close(): void {
    this.#transport.close();
  }
}
