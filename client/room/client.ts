import type { types } from 'mediasoup-client';
import type { Audience } from '../../protocol/conversation.ts';
import type { Consent } from '../../protocol/feelings.ts';
import type {
  Notice,
  NoticeName,
  RequestInput,
  RequestName,
  RequestOutput,
  SIGNALING_VERSION,
} from '../../protocol/signaling.ts';
import { t } from '../words/words.ts';
import { AGAIN_MS, keepCall } from './again.ts';
import { closingOf, type Ending, endingOf, type FailureCode, leaving, RoomFailure } from './failures.ts';
import { MediaSession } from './media.ts';
import type { RoomParts } from './parts.ts';
import { loadPrefs, savePrefs } from './prefs.ts';
import { applyNotice, applySnapshot, type CallState, initialState, withEarlier, withTrack } from './state.ts';
import { patch, Store } from './store.ts';
import type { Profile } from './tokens.ts';

const version: typeof SIGNALING_VERSION = 1;

/** The first joining gives up sooner than a call that has to find its way back. */
const GIVE_UP_MS = { joining: 10_000, reconnecting: 60_000 };
const RETRY_MS = [0, 500, 1_000, 2_000];
/** A room that keeps ending under us is left after so many returns within a while. */
const RETURNS = { most: 3, withinMs: 30_000 };
/** What may pass within a second or two, so that a person who has just clicked Join need not hear of it. */
const PASSING: ReadonlySet<FailureCode> = new Set(['unreachable', 'timeout', 'room-closed']);

type Joined = RequestOutput<'join'>;
type NoticeHandlers = { [N in NoticeName]?: (notice: Notice<N>) => void };

/**
 * One person's part in a call, from the click on Join until the end, through every loss of the network in
 * between. Everything that is shown is in {@link store}.
 */
export class RoomClient {
  readonly store = new Store<CallState>(initialState);
  readonly #parts: RoomParts;
  #profile: Profile = { name: '' };
  #resumeKey: string | undefined;
  #token: string | undefined;
  #device: types.Device | undefined;
  #media: MediaSession | undefined;
  /** Counts entrances; an answer to an earlier one is of no interest any more. */
  #entrance = 0;
  #failures = 0;
  #returns: number[] = [];
  #seated = false;
  #pathUp = true;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lastFailure: RoomFailure | undefined;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    parts.signaling.onNotice((name, notice) => this.#onNotice(name, notice));
    parts.signaling.onLink(up => this.#onLink(up));
    parts.local.store.subscribe(() => this.#publish());
  }

  /** Enters the room, or enters it again after the end. */
  join(profile: Profile): void {
    if (this.#active()) return;
    this.#profile = profile;
    this.#failures = 0;
    this.#returns = [];
    this.#pathUp = true;
    this.store.set({ ...initialState, phase: 'joining', yourName: profile.name });
    this.#startDeadline(GIVE_UP_MS.joining);
    this.#parts.signaling.connect();
    // A socket that the lobby has opened is up already; otherwise its `connect` will call.
    if (this.#parts.signaling.up) void this.#enter();
  }

  /** Enters again after the end, under the same name. */
  rejoin(): void {
    this.join(this.#profile);
  }

  /** Leaves by choice. */
  leave(): void {
    if (!this.#active()) return;
    this.#sayGoodbye();
    this.#end(leaving());
  }

  /** The page goes away, perhaps to be loaded again; there is no time to wait for anything. */
  vanish(): void {
    if (!this.#active()) return;
    const { room, signaling } = this.#parts;
    if (this.#seated) void signaling.request('leave', { graceMs: AGAIN_MS }).catch(() => {});
    if (this.#seated && this.#token !== undefined)
      keepCall({ room, profile: this.#profile, token: this.#token, atMs: Date.now() });
    signaling.close();
  }

  /** What the seat was taken with; absent where none was. */
  get token(): string | undefined {
    return this.#token;
  }
  get profile(): Profile {
    return this.#profile;
  }

  /** Sends a typed message. */
  async say(text: string, audience: Audience = 'everyone'): Promise<void> {
    await this.#parts.signaling.request('say', { text, audience });
  }

  /** Asks for what is shown only once the server tells it: a raised hand, what a host does. Rejects with a {@link RoomFailure}. */
  request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
    return this.#parts.signaling.request(name, input);
  }

  /** What the avatar may notice of this person, from now on and in later calls; to be recorded they say in each call. */
  consent(consent: Consent): void {
    savePrefs({ consent: { ...consent, recording: false } });
    const { you } = this.store.get();
    if (you === undefined) return;
    patch(this.store, { you: { ...you, consent }, ...(!consent.feelings && { feeling: undefined }) });
    // Where it cannot be told now, it is when the call is back.
    void this.#parts.signaling.request('consent', consent).catch(() => {});
  }

  /** They want less movement, or more again; where it cannot be told now, it is when the call is back. */
  reduceMotion(reduced: boolean): void {
    if (this.#seated) void this.#parts.signaling.request('motion', { reduced }).catch(() => {});
  }

  /** Shows some more of what was said before. */
  async showEarlier(): Promise<void> {
    const { oldest: before } = this.store.get();
    if (before === undefined) return;
    const entrance = this.#entrance;
    const page = await this.#parts.signaling.request('log.earlier', { before });
    if (entrance === this.#entrance) this.store.set(withEarlier(this.store.get(), page));
  }

  /** How large a participant's camera is shown, as a simulcast layer 0..2. */
  wantLayer(identity: string, spatialLayer: number): void {
    this.#media?.layer(identity, spatialLayer);
  }

  /** The browser says that it is online again, maybe on another network: every path is suspect. */
  networkChanged(): void {
    if (this.#active() && this.store.get().phase !== 'joining') this.#parts.signaling.refresh();
  }

  /** The browser says that there is no network any more. */
  networkLost(): void {
    this.#media?.suspect();
  }

  #active(): boolean {
    const { phase } = this.store.get();
    return phase !== 'idle' && phase !== 'ended';
  }

  #sayGoodbye(): void {
    if (this.#seated) void this.#parts.signaling.request('leave', {}).catch(() => {});
  }

  async #enter(): Promise<void> {
    const entrance = ++this.#entrance;
    clearTimeout(this.#retry);
    try {
      const resumeKey = this.#media && this.#resumeKey;
      // A seat is taken again with the token that it was taken with, though it may have expired.
      const token = (resumeKey && this.#token) ?? (await this.#parts.tokens.get(this.#profile));
      if (entrance !== this.#entrance) return;
      const consent = this.#consentFor(resumeKey !== undefined);
      const reducedMotion = this.#parts.reducedMotion?.();
      const about = { version, token, resumeKey, consent, reducedMotion };
      const joined = await this.#parts.signaling.request('join', about);
      if (entrance !== this.#entrance) return;
      this.#token = token;
      await this.#seat(joined, entrance);
    } catch (error) {
      if (entrance === this.#entrance) this.#onRefused(error);
    }
  }

  async #seat(joined: Joined, entrance: number): Promise<void> {
    this.#resumeKey = joined.resumeKey;
    this.#seated = true;
    this.#failures = 0;
    const resumed = joined.resumed && this.#media !== undefined;
    if (!resumed) this.#closeMedia();
    const wished = this.store.get().you?.consent;
    // Before anything is awaited: notices that follow the answer are about this room.
    this.store.set(applySnapshot(this.store.get(), joined.snapshot));
    this.#updatePhase();
    if (joined.snapshot.you.devices) void this.#parts.local.vouchedFor?.();
    const { feelings, sight, recording } = joined.snapshot.you.consent;
    // They have changed it while the answer was on its way.
    if (wished !== undefined && (wished.feelings !== feelings || wished.sight !== sight))
      this.consent({ ...wished, recording });
    if (resumed) {
      this.#media!.resume(this.store.get().others);
    } else {
      const device = await this.#loadedDevice(joined);
      if (entrance !== this.#entrance) return;
      this.#media = new MediaSession(this.#parts.signaling, device, joined, {
        track: (identity, kind, track) => this.store.set(withTrack(this.store.get(), identity, kind, track)),
        path: up => {
          this.#pathUp = up;
          this.#updatePhase();
        },
        quality: quality => patch(this.store, { quality }),
        busy: busy => patch(this.store, { busy }),
        gone: () => this.#startOver(t('trouble.lostTrack'), endingOf('session-gone')),
      });
      this.#receive();
    }
    this.#publish();
  }

  /** A device is for one router's capabilities; those of a server rarely change between two rooms. */
  async #loadedDevice({ routerRtpCapabilities }: Joined): Promise<types.Device> {
    try {
      this.#device = await this.#parts.createDevice();
      await this.#device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
      return this.#device;
    } catch (error) {
      throw new RoomFailure('unsupported-browser', String(error), false);
    }
  }

  /** As it stands; a recording goes on in the same seat only. */
  #consentFor(resuming: boolean): Consent {
    const {
      feelings = false,
      sight = false,
      recording = false,
    } = this.store.get().you?.consent ?? loadPrefs().consent ?? {};
    return { feelings, sight, recording: resuming && recording };
  }

  #publish(): void {
    const { you } = this.store.get();
    if (you?.canPublish) this.#media?.publish(this.#parts.local.wanted());
  }

  #onLink(up: boolean): void {
    if (!this.#active()) return;
    if (up) {
      void this.#enter();
      return;
    }
    this.#entrance++;
    this.#seated = false;
    this.#updatePhase(t('trouble.lost'));
  }

  #onRefused(error: unknown): void {
    const failure =
      error instanceof RoomFailure ? error : new RoomFailure('internal', `unexpected: ${String(error)}`, false);
    this.#seated = false;
    this.#lastFailure = failure;
    const { tokens, signaling } = this.#parts;
    if (failure.code === 'token-expired' && tokens.renewable && this.#failures === 0) {
      // The seat that it was for is gone as well.
      this.#resumeKey = undefined;
      tokens.forget();
    } else if (failure.code === 'session-gone' || failure.code === 'already-joined') {
      // The seat of this socket is in the way or gone: a new socket has none.
      this.#resumeKey = undefined;
    } else if (failure.code === 'waiting') {
      // Whoever lets them in ends it.
      clearTimeout(this.#deadline);
      this.#deadline = undefined;
      patch(this.store, { phase: 'waiting', trouble: undefined });
      return;
    } else if (this.store.get().phase === 'joining' ? !PASSING.has(failure.code) : !failure.retryable) {
      this.#end(endingOf(failure.code));
      return;
    }
    const fresh = failure.code === 'already-joined';
    this.#retry = setTimeout(
      () => {
        if (fresh) signaling.refresh();
        else if (signaling.up) void this.#enter();
      },
      RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)],
    );
  }

  /** Joins once more with new transports, telling why. */
  #startOver(why: string, otherwise: Ending): void {
    if (!this.#active()) return;
    const now = performance.now();
    this.#returns = [...this.#returns.filter(at => now - at < RETURNS.withinMs), now];
    if (this.#returns.length > RETURNS.most) {
      this.#end(otherwise);
      return;
    }
    this.#resumeKey = undefined;
    this.#seated = false;
    this.#closeMedia();
    this.#updatePhase(why);
    // A seat that the server may still hold would refuse a second `join` on the same socket.
    if (this.#parts.signaling.up) void this.#parts.signaling.request('leave', {}).catch(() => {});
    if (this.#parts.signaling.up) void this.#enter();
  }

  #onNotice<N extends NoticeName>(name: N, notice: Notice<N>): void {
    if (this.store.get().phase === 'waiting' && !this.#seated) {
      if (name === 'admitted') void this.#enter();
      else if (name === 'room.closed') this.#onTurnedAway(notice as Notice<'room.closed'>);
      return;
    }
    if (!this.#seated) return;
    this.store.set(applyNotice(this.store.get(), name, notice));
    const handle: NoticeHandlers[N] = this.#handlers[name];
    handle?.(notice);
  }

  /** What notices mean beyond what is shown. */
  readonly #handlers: NoticeHandlers = {
    'room.closed': notice => this.#onClosed(notice),
    'consumer.closed': ({ consumerId }) => this.#media?.consumerClosed(consumerId),
    'producer.removed': ({ producerId }) => this.#media?.remove(producerId),
    'producer.added': ({ identity, producer }) => {
      if (identity !== this.store.get().you?.identity && this.#maySubscribe()) this.#media?.add(identity, [producer]);
    },
    'participant.joined': () => this.#receive(),
    'participant.left': () => this.#receive(),
    quality: ({ id, score }) => this.#media?.score(id, score),
  };

  #maySubscribe(): boolean {
    return this.store.get().you?.canSubscribe === true;
  }

  #receive(): void {
    if (this.#maySubscribe()) this.#media?.receive(this.store.get().others);
  }

  /** While they waited the room ended, or they were sent away. */
  #onTurnedAway({ reason, retryable, forAll }: Notice<'room.closed'>): void {
    if (retryable) void this.#enter();
    else this.#end(closingOf(reason, forAll));
  }

  #onClosed({ reason, retryable, forAll }: Notice<'room.closed'>): void {
    const closing = closingOf(reason, forAll);
    this.#lastFailure = undefined;
    if (retryable) this.#startOver(t('trouble.closed', { what: closing.title }), closing);
    else this.#end(closing);
  }

  /** Works out where the call stands; `trouble` says why it is not connected. */
  #updatePhase(trouble?: string): void {
    const state = this.store.get();
    if (!this.#active()) return;
    if (this.#seated && this.#pathUp) {
      clearTimeout(this.#deadline);
      this.#deadline = undefined;
      this.store.set({ ...state, phase: 'connected', trouble: undefined });
    } else if (state.phase !== 'joining' || this.#seated) {
      const why = trouble ?? state.trouble ?? t('trouble.media');
      this.store.set({ ...state, phase: 'reconnecting', trouble: why });
      this.#startDeadline(GIVE_UP_MS.reconnecting);
    }
  }

  #startDeadline(ms: number): void {
    if (this.#deadline !== undefined) return;
    this.#deadline = setTimeout(() => {
      const failure = this.#lastFailure;
      this.#end(endingOf(failure && !this.#seated ? failure.code : 'unreachable'));
    }, ms);
  }

  #closeMedia(): void {
    this.#media?.close();
    this.#media = undefined;
    this.#pathUp = true;
    patch(this.store, { tracks: {}, quality: { level: 'unknown' }, busy: false });
  }

  #end(ending: Ending): void {
    this.#entrance++;
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    this.#deadline = undefined;
    this.#lastFailure = undefined;
    this.#closeMedia();
    this.#resumeKey = undefined;
    this.#seated = false;
    this.#parts.local.release();
    patch(this.store, { phase: 'ended', ending, trouble: undefined, others: [], speakers: [] });
    // After the goodbye has been written: closing flushes what was sent before.
    this.#parts.signaling.close();
  }
}
