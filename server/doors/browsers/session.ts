import { RequestError } from '../../../protocol/errors.ts';
import {
  type RequestName,
  type RequestOutput,
  type RequestParsed,
  SIGNALING_VERSION,
} from '../../../protocol/signaling.ts';
import type { Settings } from '../../../settings/settings.ts';
import { sameSecret } from '../../auth/secrets.ts';
import type { Tokens } from '../../auth/tokens.ts';
import type { RateLimit } from '../../cluster/rate-limit.ts';
import { networkOf } from '../../limits/gate.ts';
import type { AnimationSink } from '../../rooms/animation.ts';
import { raiseHand, react } from '../../rooms/gestures.ts';
import type { Rooms } from '../../rooms/registry.ts';
import type { Notify, Room, Seat } from '../../rooms/room.ts';
import { browserMedia, type MediaPeer } from '../../rooms/room-control.ts';
import { typeInto } from '../../rooms/typing.ts';
import type { RequestHandler } from '../requests.ts';
import { hostHandlers } from './hosting.ts';

export interface SessionDeps {
  rooms: Rooms;
  tokens: Tokens;
  iceServers: Settings['media']['iceServers'];
  /** The largest file that may be sent; absent: none. */
  fileBytes?: number;
}

type Handlers = { [N in RequestName]: (input: RequestParsed<N>) => RequestOutput<N> | Promise<RequestOutput<N>> };

/** One browser's socket: who it is, and what its requests do. */
export class BrowserSession implements RequestHandler {
  readonly #notify: Notify;
  readonly #dismiss: () => void;
  readonly #address: string;
  readonly #animation: AnimationSink;
  readonly #deps: SessionDeps;
  #place: { room: Room; seat: Seat } | undefined;
  /** Where they wait to be let in. */
  #waitsFor: Room | undefined;
  #joining = false;
  #gone = false;
  readonly #renames: RateLimit;

  /**
   * @param dismiss closes the socket once what was sent is out
   * @param address where it comes from
   */
  constructor(
    { notify, dismiss, address, renames }: { notify: Notify; dismiss(): void; address: string; renames: RateLimit },
    animation: AnimationSink,
    deps: SessionDeps,
  ) {
    this.#notify = notify;
    this.#dismiss = dismiss;
    this.#address = address;
    this.#renames = renames;
    this.#animation = animation;
    this.#deps = deps;
  }

  /** The name of the room it is in, or waits for. */
  get room(): string | undefined {
    return (this.#place?.room ?? (this.#waitsFor?.closed === false ? this.#waitsFor : undefined))?.name;
  }

  handle<N extends RequestName>(name: N, input: RequestParsed<N>): Promise<RequestOutput<N>> {
    const handler = this.#handlers[name] as (input: RequestParsed<N>) => RequestOutput<N> | Promise<RequestOutput<N>>;
    return Promise.resolve(handler(input));
  }

  /** The socket is gone; the seat waits for its person. */
  lost(): void {
    this.#gone = true;
    const place = this.#place;
    this.#place = undefined;
    this.#waitsFor?.moderation.door.gone(this.#notify);
    if (place !== undefined && place.seat.notify === this.#notify) place.room.lost(place.seat);
  }

  readonly #handlers: Handlers = {
    join: input => this.#join(input),
    'transport.connect': async ({ transportId, dtlsParameters }) => {
      await this.#media().connectTransport(transportId, dtlsParameters);
      return {};
    },
    'transport.restartIce': async ({ transportId }) => ({
      iceParameters: await this.#media().restartIce(transportId),
    }),
    produce: async input => {
      const { room, seat } = this.#allowed('canPublish', 'publish');
      if (input.source === 'avatar-voice' || input.source === 'avatar-face')
        throw new RequestError('forbidden', 'Only an agent publishes as an avatar.');
      if ((input.source === 'microphone') !== (input.kind === 'audio'))
        throw new RequestError('bad-request', 'The source does not fit the kind of track.');
      if (seat.admission.sources?.includes(input.source) === false)
        throw new RequestError('forbidden', `Your invitation does not allow you to publish a ${input.source}.`);
      const producer = await browserMedia(seat.media).produce({ ...input, paused: input.paused ?? false });
      room.published(seat, producer);
      return { producerId: producer.producerId };
    },
    'producer.pause': ({ producerId }) => this.#pauseProducer(producerId, true),
    'producer.resume': ({ producerId }) => this.#pauseProducer(producerId, false),
    'producer.close': ({ producerId }) => {
      this.#media().closeProducer(producerId);
      return {};
    },
    consume: ({ producerId, rtpCapabilities }) =>
      browserMedia(this.#allowed('canSubscribe', 'watch or listen').seat.media).consume(producerId, rtpCapabilities),
    'consumer.resume': async ({ consumerId }) => {
      await this.#media().setConsumerPaused(consumerId, false);
      return {};
    },
    'consumer.pause': async ({ consumerId }) => {
      await this.#media().setConsumerPaused(consumerId, true);
      return {};
    },
    'consumer.layers': async ({ consumerId, spatialLayer }) => {
      await this.#media().setPreferredLayer(consumerId, spatialLayer);
      return {};
    },
    say: ({ text, audience }) => {
      const { room, seat } = this.#allowed('canPublishData', 'write messages');
      return { entryId: typeInto(room, seat, text, audience) };
    },
    'log.earlier': asked => {
      const { room, seat } = this.#here();
      return room.earlier(seat, asked);
    },
    'animation.subscribe': ({ everyMs }) => {
      const { room, seat } = this.#allowed('canSubscribe', 'watch or listen');
      room.animation.subscribe(seat, this.#animation, everyMs);
      return {};
    },
    'animation.unsubscribe': () => {
      const { room, seat } = this.#here();
      room.animation.unsubscribe(seat);
      return {};
    },
    'reception.report': reception => {
      const { room, seat } = this.#here();
      room.received(seat, reception);
      return {};
    },
    consent: consent => {
      const { room, seat } = this.#here();
      room.consent(seat, consent);
      return {};
    },
    motion: ({ reduced }) => {
      const { room, seat } = this.#here();
      room.reduceMotion(seat, reduced);
      return {};
    },
    ping: () => {
      this.#here();
      return {};
    },
    hand: ({ raised }) => {
      const { room, seat } = this.#allowed('canPublishData', 'raise a hand');
      raiseHand(room, seat, raised);
      return {};
    },
    react: ({ emoji }) => {
      const { room, seat } = this.#allowed('canPublishData', 'react');
      react(room, seat, emoji);
      return {};
    },
    rename: ({ name }) => {
      const { room, seat } = this.#here();
      if (seat.admission.canRename !== true)
        throw new RequestError('forbidden', 'Your invitation does not allow you to change your name.');
      if (name === seat.name) return {};
      // Everybody hears of it, and the avatar's mind, too.
      if (!this.#renames.take(performance.now()))
        throw new RequestError('rate-limited', 'That were many names. Please keep one for a while.', {
          retryable: true,
          retryAfterMs: this.#renames.waitMs,
        });
      room.rename(seat, name);
      return {};
    },
    ...hostHandlers(() => this.#here()),
    leave: ({ graceMs }) => {
      const place = this.#place;
      if (place === undefined) throw new RequestError('not-joined', 'Join a room first.');
      this.#place = undefined;
      // A room that ended has taken its seats with it.
      if (!this.#holds(place)) return {};
      if (graceMs === undefined) place.room.leave(place.seat, 'left');
      else place.room.lost(place.seat, { graceMs });
      return {};
    },
  };

  async #join(asked: RequestParsed<'join'>): Promise<RequestOutput<'join'>> {
    const { version, token, resumeKey, consent, reducedMotion } = asked;
    if (version !== SIGNALING_VERSION)
      throw new RequestError(
        'unsupported-version',
        `This page speaks version ${version}, the server version ${SIGNALING_VERSION}: reload the page.`,
      );
    if (this.#joining || this.#holds(this.#place))
      throw new RequestError('already-joined', 'This connection has joined already.');
    this.#joining = true;
    try {
      // Whoever holds a seat's key was let in before: a token that has expired since does not end the call.
      const back = resumeKey === undefined ? undefined : await this.#findSeat(resumeKey, token);
      if (back !== undefined) {
        back.room.resume(back.seat, this.#notify, consent, this.#dismiss);
        if (reducedMotion !== undefined) back.room.reduceMotion(back.seat, reducedMotion);
        return await this.#seated(back, true);
      }
      const admission = await this.#deps.tokens.check(token);
      const room = await this.#deps.rooms.enter(admission, networkOf(this.#address));
      // Nobody waits on a connection that is gone.
      if (this.#gone && room.seats.size > 0)
        throw new RequestError('session-gone', 'The connection was lost while joining.', { retryable: true });
      this.#waitsFor = room;
      const place = { room, seat: room.join(admission, this.#notify, consent, this.#dismiss) };
      this.#waitsFor = undefined;
      if (reducedMotion === true) room.reduceMotion(place.seat, true);
      return await this.#seated(place, false);
    } finally {
      this.#joining = false;
    }
  }

  async #seated(place: { room: Room; seat: Seat }, resumed: boolean): Promise<RequestOutput<'join'>> {
    const { room, seat } = place;
    const { fileBytes = 0 } = this.#deps;
    try {
      const transports = resumed ? undefined : await browserMedia(seat.media).createTransports();
      if (this.#gone)
        throw new RequestError('session-gone', 'The connection was lost while joining.', { retryable: true });
      if (room.closed) throw new RequestError('room-closed', 'This room has just closed.', { retryable: true });
      this.#place = place;
      return {
        snapshot: { ...room.snapshot(seat), ...(fileBytes > 0 && { fileBytes }) },
        resumeKey: seat.resumeKey,
        resumed,
        routerRtpCapabilities: room.rtpCapabilities,
        iceServers: this.#deps.iceServers,
        ...(transports !== undefined && { transports }),
      };
    } catch (error) {
      if (resumed) room.lost(seat);
      else room.leave(seat, 'lost');
      throw error;
    }
  }

  /** A seat by its key, for who shows the invitation that it was taken with, too. Throws `unauthorized`. */
  async #findSeat(resumeKey: string, token: string): Promise<{ room: Room; seat: Seat } | undefined> {
    const holder = await this.#deps.tokens.holder(token);
    const room = this.#deps.rooms.find(holder.room);
    const seat = room?.seats.get(holder.identity);
    return room !== undefined && seat !== undefined && sameSecret(seat.resumeKey, resumeKey)
      ? { room, seat }
      : undefined;
  }

  async #pauseProducer(producerId: string, paused: boolean): Promise<Record<string, never>> {
    const { room, seat } = this.#here();
    room.changed(seat, await browserMedia(seat.media).setProducerPaused(producerId, paused));
    return {};
  }

  /** The seat is still this participant's. */
  #holds(place: { room: Room; seat: Seat } | undefined): boolean {
    return (
      place !== undefined && !place.room.closed && place.room.seats.get(place.seat.admission.identity) === place.seat
    );
  }

  #media(): MediaPeer {
    return browserMedia(this.#here().seat.media);
  }

  #here(): { room: Room; seat: Seat } {
    const place = this.#place;
    if (place === undefined) throw new RequestError('not-joined', 'Join a room first.');
    if (place.room.closed) throw new RequestError('room-closed', 'This room is closed.', { retryable: true });
    if (!this.#holds(place))
      throw new RequestError('session-gone', 'You are no longer in this room.', { retryable: true });
    return place;
  }

  #allowed(grant: 'canPublish' | 'canSubscribe' | 'canPublishData', what: string) {
    const place = this.#here();
    if (!place.seat.admission[grant])
      throw new RequestError('forbidden', `Your invitation does not allow you to ${what}.`);
    return place;
  }
}
