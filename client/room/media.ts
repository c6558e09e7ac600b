import type { types } from 'mediasoup-client';
import type { ParticipantInfo, ProducerInfo, RequestOutput, Source } from '../../protocol/signaling.ts';
import { type FailureCode, RoomFailure } from './failures.ts';
import { PathKeeper } from './ice.ts';
import { Publisher, type Wanted } from './publisher.ts';
import { assess, type Counters, type Quality, readCounters } from './quality.ts';
import { Receiver, type TrackKind } from './receiver.ts';
import { REPORT_EVERY_MS, type ReceptionCounters, readReception, receptionOf } from './reception.ts';
import type { Signaling } from './signaling.ts';
import { PROBE_MS, Stillness } from './stillness.ts';

/** How long the server may take to answer an ICE restart before the signalling itself is doubted. */
const RESTART_TIMEOUT_MS = 3_000;
const QUALITY_EVERY_MS = 2_000;
/** Answers which mean that there is nothing left to restart. */
const GONE: ReadonlySet<FailureCode> = new Set(['session-gone', 'not-joined', 'not-found', 'room-closed']);

/** What a media session tells the call. */
export type MediaHooks = {
  track(identity: string, kind: TrackKind, track: MediaStreamTrack | undefined): void;
  /** The media path was lost, or is back. */
  path(up: boolean): void;
  quality(quality: Quality): void;
  /** This computer has too much to do for what it receives, or no longer. */
  busy(isBusy: boolean): void;
  /** The server does not know this session's transports any more. */
  gone(): void;
};

type Joined = RequestOutput<'join'>;

/** The media of one seat in a room: two transports and all that is sent and received over them. */
export class MediaSession {
  readonly #signaling: Signaling;
  readonly #hooks: MediaHooks;
  readonly #send: types.Transport;
  readonly #recv: types.Transport;
  readonly #publisher: Publisher;
  readonly #receiver: Receiver;
  readonly #keepers: PathKeeper[] = [];
  readonly #down = new Set<types.Transport | 'still'>();
  readonly #stillness: Stillness;
  readonly #scores = new Map<string, number>();
  #counters: Counters | undefined;
  #reception: ReceptionCounters | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  readonly #measuring: ReturnType<typeof setInterval>;
  #closed = false;

  /** `device` is loaded; `joined` carries both transports. */
  constructor(signaling: Signaling, device: types.Device, joined: Joined, hooks: MediaHooks) {
    if (!joined.transports) throw new RoomFailure('session-gone', 'the server gave no transports', true);
    this.#signaling = signaling;
    this.#hooks = hooks;
    const iceServers = joined.iceServers;
    // What `transports` holds is made by mediasoup for mediasoup-client; the wire does not describe it further.
    this.#recv = device.createRecvTransport({ ...(joined.transports.recv as types.TransportOptions), iceServers });
    this.#send = device.createSendTransport({ ...(joined.transports.send as types.TransportOptions), iceServers });
    for (const transport of [this.#recv, this.#send]) this.#tend(transport);
    this.#receiver = new Receiver(signaling, this.#recv, device, hooks.track);
    this.#publisher = new Publisher(signaling, this.#send, device);
    this.#stillness = new Stillness({
      stamp: () => this.#receiver.faceStamp(),
      probe: () => this.#probe(),
      lost: isLost => this.#path('still', !isLost),
      busy: hooks.busy,
    });
    this.#measuring = setInterval(() => void this.#measure().catch(() => {}), QUALITY_EVERY_MS);
  }

  /** Receives exactly what these participants send. */
  receive(participants: readonly ParticipantInfo[]): void {
    this.#receiver.reconcile(participants);
  }

  add(identity: string, producers: readonly ProducerInfo[]): void {
    this.#receiver.add(identity, producers);
  }

  remove(producerId: string): void {
    this.#receiver.remove(producerId);
  }

  /** The server has closed a consumer. */
  consumerClosed(consumerId: string): void {
    this.#receiver.consumerClosed(consumerId);
  }

  /** How large a participant's camera picture is wanted, 0..2. */
  layer(identity: string, spatialLayer: number): void {
    this.#receiver.layer(identity, spatialLayer);
  }

  /** Sends exactly this. */
  publish(wanted: ReadonlyMap<Source, Wanted>): void {
    this.#publisher.want(wanted);
  }

  /** After signalling came back: new ICE credentials, and whatever changed meanwhile. */
  resume(participants: readonly ParticipantInfo[]): void {
    for (const keeper of this.#keepers) keeper.kick();
    this.receive(participants);
    this.#publisher.again();
  }

  /** A stream's score, 0..10, as the server sees it. */
  score(id: string, score: number): void {
    this.#scores.set(id, score);
  }

  async #measure(): Promise<void> {
    const [recv, send] = await Promise.all([this.#recv.getStats(), this.#send.getStats()]);
    const now = readCounters([...recv.values(), ...send.values()] as Record<string, unknown>[]);
    const before = this.#counters ?? now;
    this.#counters = now;
    const live = [...this.#receiver.consumerIds(), ...this.#publisher.producerIds()];
    const scores = live.flatMap(id => this.#scores.get(id) ?? []);
    if (this.#closed) return;
    this.#hooks.quality(assess(before, now, scores));
    this.#tellReception([...recv.values()] as Record<string, unknown>[], now.rttMs);
  }

  /** How the avatar arrives here is told to the server when it speaks, now and then. */
  #tellReception(report: Record<string, unknown>[], roundTripMs: number | undefined): void {
    const counters = readReception(report, this.#receiver.avatarTracks());
    const reception = receptionOf(this.#reception ?? counters, counters, roundTripMs);
    this.#reception = counters;
    const nowMs = performance.now();
    if (!reception || nowMs - this.#toldMs < REPORT_EVERY_MS) return;
    this.#toldMs = nowMs;
    // Where it cannot be told now, it is the next time.
    void this.#signaling.request('reception.report', reception).catch(() => {});
  }

  /** The browser says that the network has gone. */
  suspect(): void {
    this.#stillness.suspect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stillness.close();
    clearInterval(this.#measuring);
    for (const keeper of this.#keepers) keeper.close();
    this.#receiver.close();
    this.#publisher.close();
    this.#recv.close();
    this.#send.close();
  }

  #path(what: types.Transport | 'still', up: boolean): void {
    if (up) this.#down.delete(what);
    else this.#down.add(what);
    this.#hooks.path(this.#down.size === 0);
  }

  /** Any answer at all is one. */
  async #probe(): Promise<boolean> {
    try {
      await this.#signaling.request('ping', {}, PROBE_MS);
      return true;
    } catch (error) {
      return error instanceof RoomFailure && error.code !== 'timeout' && error.code !== 'unreachable';
    }
  }

  #tend(transport: types.Transport): void {
    const keeper = new PathKeeper(
      () => this.#restart(transport),
      up => this.#path(transport, up),
    );
    this.#keepers.push(keeper);
    transport.on('connectionstatechange', state => keeper.changed(state));
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      const connecting = this.#signaling.request('transport.connect', { transportId: transport.id, dtlsParameters });
      // The answer carries nothing, and the wire keeps the order: not waiting saves a round trip.
      done();
      connecting.catch(error => {
        failed(error);
        if (!this.#closed) this.#hooks.gone();
      });
    });
  }

  async #restart(transport: types.Transport): Promise<void> {
    try {
      const input = { transportId: transport.id };
      const { iceParameters } = await this.#signaling.request('transport.restartIce', input, RESTART_TIMEOUT_MS);
      if (!this.#closed) await transport.restartIce({ iceParameters: iceParameters as types.IceParameters });
    } catch (error) {
      if (this.#closed || !(error instanceof RoomFailure)) throw error;
      // A connection that swallows requests is dead, whatever it believes of itself.
      if (error.code === 'timeout') this.#signaling.refresh();
      else if (GONE.has(error.code)) this.#hooks.gone();
      throw error;
    }
  }
}
