import type { Consumer, Producer } from 'mediasoup/types';
import type { StreamFigures } from '../room-control.ts';

/** RTP's clock, ticks a millisecond: Opus, and every video codec. */
const TICKS_PER_MS = { audio: 48, video: 90 } as const;

interface Stream {
  id: string;
  peer: StreamFigures['peer'];
  media: Producer | Consumer;
}

/** The streams of an engine, for those who look at some of them now and then. */
export class Streams {
  readonly #streams = new Map<string, Stream>();
  /** Where the next look begins. */
  #cursor = 0;

  /** Remembers a stream until it closes. */
  add(media: Producer | Consumer, peer: StreamFigures['peer']): void {
    if (media.closed) return;
    this.#streams.set(media.id, { id: media.id, peer, media });
    const closed = () => void this.#streams.delete(media.id);
    if (isConsumer(media)) media.observer.once('close', closed);
    else media.observer.once('close', closed);
  }

  /** Looks at `most` of them, one after the other: nobody is in a hurry, and the worker has other things to do. */
  async sample(most: number): Promise<{ sampled: StreamFigures[]; present: ReadonlySet<string> }> {
    const all = [...this.#streams.values()];
    const from = this.#cursor < all.length ? this.#cursor : 0;
    const due = all.slice(from, from + most);
    this.#cursor = from + due.length;
    const sampled: StreamFigures[] = [];
    for (const stream of due) {
      // Closed meanwhile, or with its worker.
      const figures = await figuresOf(stream).catch(() => undefined);
      if (figures !== undefined) sampled.push(figures);
    }
    return { sampled, present: new Set(this.#streams.keys()) };
  }
}

const isConsumer = (media: Producer | Consumer): media is Consumer => 'producerId' in media;

async function figuresOf({ id, peer, media }: Stream): Promise<StreamFigures | undefined> {
  const received = !isConsumer(media);
  const stats = (await media.getStats()).filter(({ type }) => type === (received ? 'inbound-rtp' : 'outbound-rtp'));
  if (stats.length === 0) return undefined;
  const sum = (key: 'packetCount' | 'byteCount' | 'packetsLost') =>
    stats.reduce((total, stat) => total + (stat[key] ?? 0), 0);
  const trips = stats.flatMap(({ roundTripTime }) => (roundTripTime ? [roundTripTime] : []));
  const { kind } = media;
  return {
    id,
    direction: received ? 'received' : 'sent',
    peer,
    kind,
    packets: sum('packetCount'),
    bytes: sum('byteCount'),
    lost: sum('packetsLost'),
    ...(received && { jitterMs: Math.max(...stats.map(({ jitter }) => jitter / TICKS_PER_MS[kind])) }),
    ...(trips.length > 0 && { roundTripMs: Math.max(...trips) }),
  };
}
