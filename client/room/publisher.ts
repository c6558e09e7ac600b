import type { types } from 'mediasoup-client';
import type { RequestInput, Source } from '../../protocol/signaling.ts';
import type { Signaling } from './signaling.ts';

/** Something to send. */
export type Wanted = { track: MediaStreamTrack; muted: boolean };

type Publication = {
  producer?: types.Producer;
  /** What the server was last told. */
  muted: boolean;
};

/** Simulcast of a camera, smallest first; the server forwards the one that fits each receiver. */
const CAMERA_LAYERS: types.RtpEncodingParameters[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 120_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 2, maxBitrate: 350_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 1, maxBitrate: 900_000, scalabilityMode: 'L1T2' },
];

/** A screen: one size, sharp, in two layers of time. */
const SCREEN_LAYERS: types.RtpEncodingParameters[] = [{ maxBitrate: 1_500_000, scalabilityMode: 'L1T2' }];

/** Everything that is sent. It is told what should be sent and works towards it, one step at a time per source. */
export class Publisher {
  readonly #signaling: Signaling;
  readonly #transport: types.Transport;
  readonly #device: types.Device;
  readonly #publications = new Map<Source, Publication>();
  readonly #busy = new Set<Source>();
  #wanted: ReadonlyMap<Source, Wanted> = new Map();
  #closed = false;

  constructor(signaling: Signaling, transport: types.Transport, device: types.Device) {
    this.#signaling = signaling;
    this.#transport = transport;
    this.#device = device;
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const input: RequestInput<'produce'> = {
        transportId: transport.id,
        kind,
        source: appData.source as Source,
        rtpParameters: rtpParameters as unknown as Record<string, unknown>,
        paused: appData.muted === true,
      };
      signaling.request('produce', input).then(({ producerId }) => done({ id: producerId }), failed);
    });
  }

  want(wanted: ReadonlyMap<Source, Wanted>): void {
    this.#wanted = wanted;
    for (const source of new Set([...wanted.keys(), ...this.#publications.keys()])) void this.#work(source);
  }

  /** After the connection was lost: what failed is tried again, and the server hears again what is muted. */
  again(): void {
    for (const publication of this.#publications.values()) {
      const { producer } = publication;
      if (producer) void this.#tell(publication, publication.muted).catch(() => {});
    }
    this.want(this.#wanted);
  }

  producerIds(): string[] {
    return [...this.#publications.values()].flatMap(({ producer }) => producer?.id ?? []);
  }

  close(): void {
    this.#closed = true;
    for (const { producer } of this.#publications.values()) producer?.close();
    this.#publications.clear();
  }

  /** Steps until what is sent is what is wanted; a step that fails waits for {@link again} or the next wish. */
  async #work(source: Source): Promise<void> {
    if (this.#busy.has(source)) return;
    this.#busy.add(source);
    try {
      while (!this.#closed && (await this.#step(source)));
    } catch {
      // The state is as before the step, so it will be found again.
    } finally {
      this.#busy.delete(source);
    }
  }

  /** True when something was done and there may be more to do. */
  async #step(source: Source): Promise<boolean> {
    const wanted = this.#wanted.get(source);
    const publication = this.#publications.get(source);
    if (!wanted) {
      if (!publication?.producer) return false;
      const { producer } = publication;
      this.#publications.delete(source);
      producer.close();
      await this.#signaling.request('producer.close', { producerId: producer.id });
      return true;
    }
    if (!publication?.producer) {
      const producer = await this.#produce(source, wanted);
      if (this.#closed) producer.close();
      else this.#publications.set(source, { producer, muted: wanted.muted });
      return true;
    }
    if (publication.producer.track !== wanted.track) {
      await publication.producer.replaceTrack({ track: wanted.track });
      return true;
    }
    if (publication.muted !== wanted.muted) {
      await this.#tell(publication, wanted.muted);
      return true;
    }
    return false;
  }

  async #tell(publication: Publication, muted: boolean): Promise<void> {
    const producer = publication.producer!;
    if (muted) producer.pause();
    else producer.resume();
    await this.#signaling.request(muted ? 'producer.pause' : 'producer.resume', { producerId: producer.id });
    publication.muted = muted;
  }

  async #produce(source: Source, { track, muted }: Wanted): Promise<types.Producer> {
    const vp8 = this.#device.sendRtpCapabilities.codecs?.find(codec => codec.mimeType.toLowerCase() === 'video/vp8');
    const how: types.ProducerOptions =
      track.kind === 'audio'
        ? { codecOptions: { opusDtx: true, opusFec: true, opusStereo: false } }
        : {
            codec: vp8,
            encodings: source === 'screen' ? SCREEN_LAYERS : CAMERA_LAYERS,
            codecOptions: { videoGoogleStartBitrate: 400 },
          };
    const producer = await this.#transport.produce({
      track,
      ...how,
      // Tracks belong to whoever opened the device; muting is theirs too.
      stopTracks: false,
      disableTrackOnPause: false,
      appData: { source, muted },
    });
    if (muted) producer.pause();
    return producer;
  }
}
