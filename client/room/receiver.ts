import type { types } from 'mediasoup-client';
import type { ParticipantInfo, ProducerInfo, RequestOutput, Source } from '../../protocol/signaling.ts';
import { RoomFailure } from './failures.ts';
import type { Signaling } from './signaling.ts';

const ATTEMPTS = 3;
const RETRY_MS = 1_000;

/** What is shown of a participant; a shared screen beside the camera. */
export type TrackKind = 'audio' | 'video' | 'screen';

const kindOf = ({ kind, source }: ProducerInfo): TrackKind => (source === 'screen' ? 'screen' : kind);

type Reception = {
  identity: string;
  info: ProducerInfo;
  attempt: number;
  consumer?: types.Consumer;
  spatialLayer?: number;
};

type TrackHook = (identity: string, kind: TrackKind, track: MediaStreamTrack | undefined) => void;

/** Everything that is received: one consumer for each producer of the others. */
export class Receiver {
  readonly #signaling: Signaling;
  readonly #transport: types.Transport;
  readonly #device: types.Device;
  readonly #track: TrackHook;
  readonly #receptions = new Map<string, Reception>();
  readonly #layers = new Map<string, number>();
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();

  constructor(signaling: Signaling, transport: types.Transport, device: types.Device, track: TrackHook) {
    this.#signaling = signaling;
    this.#transport = transport;
    this.#device = device;
    this.#track = track;
  }

  reconcile(participants: readonly ParticipantInfo[]): void {
    const wanted = new Set(participants.flatMap(({ producers }) => producers.map(({ producerId }) => producerId)));
    for (const producerId of [...this.#receptions.keys()]) if (!wanted.has(producerId)) this.remove(producerId);
    // The avatar first: its picture is what people wait for.
    const avatarFirst = participants.toSorted((a, b) => Number(b.kind === 'avatar') - Number(a.kind === 'avatar'));
    for (const { identity, producers } of avatarFirst) this.add(identity, producers);
  }

  /** Starts to receive these producers of one participant, unless they are received already. */
  add(identity: string, producers: readonly ProducerInfo[], attempt = 1): void {
    const fresh = producers.filter(({ producerId }) => !this.#receptions.has(producerId));
    if (fresh.length === 0) return;
    const receptions = fresh.map(info => {
      const reception: Reception = { identity, info, attempt };
      this.#receptions.set(info.producerId, reception);
      return reception;
    });
    void this.#consume(receptions);
  }

  remove(producerId: string): void {
    const reception = this.#receptions.get(producerId);
    if (!reception) return;
    this.#receptions.delete(producerId);
    if (!reception.consumer) return;
    reception.consumer.close();
    this.#show(reception.identity, kindOf(reception.info));
  }

  consumerClosed(consumerId: string): void {
    for (const [producerId, { consumer }] of this.#receptions) if (consumer?.id === consumerId) this.remove(producerId);
  }

  layer(identity: string, spatialLayer: number): void {
    if (this.#layers.get(identity) === spatialLayer) return;
    this.#layers.set(identity, spatialLayer);
    for (const reception of this.#receptions.values()) if (reception.identity === identity) this.#sendLayer(reception);
  }

  consumerIds(): string[] {
    return [...this.#receptions.values()].flatMap(({ consumer }) => consumer?.id ?? []);
  }

  /** Ids of the avatar's tracks. */
  avatarTracks(): { audio?: string; video?: string } {
    const idOf = (source: Source) =>
      [...this.#receptions.values()].find(({ info }) => info.source === source)?.consumer?.track.id;
    return { audio: idOf('avatar-voice'), video: idOf('avatar-face') };
  }

  /** Changes with each packet of the avatar's picture; undefined where there is none. */
  faceStamp(): number | undefined {
    const face = [...this.#receptions.values()].find(({ info }) => info.source === 'avatar-face' && !info.paused);
    const sources = face?.consumer?.rtpReceiver?.getSynchronizationSources?.() ?? [];
    return sources.length === 0 ? undefined : Math.max(...sources.map(({ rtpTimestamp }) => rtpTimestamp));
  }

  close(): void {
    for (const retry of this.#retries) clearTimeout(retry);
    for (const producerId of [...this.#receptions.keys()]) this.remove(producerId);
  }

  /**
   * All requests at once; then all descriptions at once, because the browser negotiates those that arrive
   * together in one go.
   */
  async #consume(receptions: Reception[]): Promise<void> {
    const rtpCapabilities = this.#device.recvRtpCapabilities as unknown as Record<string, unknown>;
    const answers = await Promise.allSettled(
      receptions.map(({ info }) =>
        this.#signaling.request('consume', { producerId: info.producerId, rtpCapabilities }),
      ),
    );
    await Promise.all(
      receptions.map(async (reception, index) => {
        const answer = answers[index]!;
        if (answer.status === 'fulfilled' && this.#current(reception)) await this.#open(reception, answer.value);
        else this.#forget(reception, answer.status === 'rejected' ? answer.reason : undefined);
      }),
    );
  }

  async #open(reception: Reception, offer: RequestOutput<'consume'>): Promise<void> {
    const resume = () => this.#signaling.request('consumer.resume', { consumerId: offer.consumerId }).catch(() => {});
    // Before the path is up nothing can be lost by resuming early, and the round trip is saved; later on the
    // first keyframe would arrive before the browser knows the stream.
    const early = this.#transport.connectionState === 'new';
    if (early) void resume();
    try {
      const consumer = await this.#transport.consume({
        id: offer.consumerId,
        producerId: offer.producerId,
        kind: offer.kind,
        rtpParameters: offer.rtpParameters as types.RtpParameters,
        streamId: offer.syncGroup,
      });
      if (!this.#current(reception)) return consumer.close();
      reception.consumer = consumer;
      this.#show(reception.identity, kindOf(reception.info));
      if (!early) void resume();
      this.#sendLayer(reception);
    } catch (error) {
      this.#forget(reception, error);
    }
  }

  /** What failed in passing is tried again; the rest when the room is described anew. */
  #forget(reception: Reception, error: unknown): void {
    const { identity, info, attempt } = reception;
    if (!this.#current(reception)) return;
    this.#receptions.delete(info.producerId);
    if (!(error instanceof RoomFailure) || error.code !== 'timeout' || attempt === ATTEMPTS) return;
    const retry = setTimeout(() => {
      this.#retries.delete(retry);
      this.add(identity, [info], attempt + 1);
    }, RETRY_MS);
    this.#retries.add(retry);
  }

  /** Of several of a kind the newest is shown. */
  #show(identity: string, kind: TrackKind): void {
    const shown = [...this.#receptions.values()].findLast(
      each => each.identity === identity && kindOf(each.info) === kind && each.consumer,
    );
    this.#track(identity, kind, shown?.consumer?.track);
  }

  #current(reception: Reception): boolean {
    return this.#receptions.get(reception.info.producerId) === reception;
  }

  #sendLayer(reception: Reception): void {
    const spatialLayer = this.#layers.get(reception.identity);
    const { consumer, info } = reception;
    if (!consumer || info.source !== 'camera' || spatialLayer === undefined || reception.spatialLayer === spatialLayer)
      return;
    reception.spatialLayer = spatialLayer;
    this.#signaling.request('consumer.layers', { consumerId: consumer.id, spatialLayer }).catch(() => {
      reception.spatialLayer = undefined;
    });
  }
}
