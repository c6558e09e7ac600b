/**
 * One LiveKit room and the room of ours that mirrors it: its people take seats here, so that everything that listens to
 * rooms (agents, the conversations that are kept, figures) serves them as it serves ours.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Carrier } from '../../livekit/carrier/carrier.ts';
import type { Joined, RoomNotice } from '../../livekit/carrier/messages.ts';
import { LiveKitError } from '../../livekit/errors.ts';
import type { RemoteParticipant } from '../../livekit/participants.ts';
import type { Text } from '../../livekit/text-streams.ts';
import type { AgentState, LogEntry } from '../../protocol/conversation.ts';
import type { Notice } from '../../protocol/signaling.ts';
import { MessageText } from '../../protocol/text.ts';
import { LiveKitMediaRoom, LiveKitPerson } from '../rooms/livekit/media-room.ts';
import type { Rooms } from '../rooms/registry.ts';
import type { Notify, Room, Seat } from '../rooms/room.ts';
import { admissionOf } from './seating.ts';
import { ATTRIBUTE, consentOf, type Wishes } from './wishes.ts';

const REJOIN_MS = { first: 250, most: 10_000, givesUp: 120_000 };
/** A room of ours that ended, or could not be opened, is opened again after this. */
const REOPEN_MS = 1000;
const TOPIC = { captions: 'lk.transcription', chat: 'lk.chat', animation: 'visavis.animation' } as const;

/** What LiveKit's clients show of an agent. */
const STATES: Record<AgentState, string> = {
  joining: 'initializing',
  away: 'initializing',
  idle: 'listening',
  listening: 'listening',
  thinking: 'thinking',
  looking: 'thinking',
  speaking: 'speaking',
};

export interface CallDeps {
  carrier: Carrier;
  rooms: Rooms;
  url: string;
  /** A token to join this room of LiveKit's under the avatar's identity. */
  token(room: string): Promise<string>;
  agentIp: string;
  /** How large the face is, as viewers are told before it comes. */
  face: { width: number; height: number };
  log: Logger;
  /** It is over; `error`: why, where that is none of its people's doing. */
  ended(call: LiveKitCall, error?: LiveKitError): void;
  reconnected(): void;
}

export class LiveKitCall {
  readonly name: string;
  readonly jobId: string | undefined;
  readonly #deps: CallDeps;
  readonly #wishes: Wishes;
  readonly #id: number;
  readonly #letGo: () => void;
  readonly #people = new Map<string, RemoteParticipant>();
  readonly #seats = new Map<string, Seat>();
  /** Who follows the animation; a seat that was lost does no longer. */
  #animated = new WeakSet<Seat>();
  #room: Room | undefined;
  #media: LiveKitMediaRoom | undefined;
  /** Changes of who is there, one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #reopen: NodeJS.Timeout | undefined;
  #voiceSid: string | undefined;
  #state = STATES.joining;
  #name = '';
  #closed = false;

  constructor(name: string, { jobId, wishes }: { jobId?: string; wishes: Wishes }, deps: CallDeps) {
    this.name = name;
    this.jobId = jobId;
    this.#wishes = wishes;
    this.#deps = deps;
    const { id, letGo } = deps.carrier.room(notice => this.#noticed(notice));
    this.#id = id;
    this.#letGo = letGo;
  }

  /** Our room, while somebody is in it. */
  get room(): Room | undefined {
    return this.#room;
  }

  /** Joins. Rejects with a LiveKitError. @param token of the job, where there is one */
  async start(token?: string): Promise<void> {
    this.#joined(await this.#join(token ?? (await this.#deps.token(this.name))));
  }

  #join(token: string): Promise<Joined> {
    const { carrier, url, face } = this.#deps;
    return carrier.ask('join', { room: this.#id, url, token, face });
  }

  #joined({ others, voiceSid }: Joined): void {
    this.#voiceSid = voiceSid;
    const there = new Set(others.map(({ identity }) => identity));
    // After a lost line: they are on their way back, too.
    for (const identity of [...this.#people.keys()]) if (!there.has(identity)) this.#missing(identity);
    for (const participant of others) this.#changed(participant);
    this.#tellSelf();
  }

  /** Everybody is told that the avatar goes, then it leaves. */
  async close(error?: LiveKitError): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#reopen);
    this.#letGo();
    for (const identity of [...this.#seats.keys()]) this.#unseat(identity);
    await this.#queue;
    await this.#deps.carrier.ask('leave', { room: this.#id }).catch(() => {});
    this.#deps.ended(this, error);
  }

  /** What somebody says, or the avatar does, as a caption. */
  logged(entry: LogEntry): void {
    if (entry.source !== 'voice') return;
    const sender = entry.role === 'avatar' ? undefined : this.#identityOf(entry.speaker);
    this.#deps.carrier.tell('tell', {
      room: this.#id,
      text: {
        topic: TOPIC.captions,
        text: entry.text,
        attributes: {
          'lk.segment_id': entry.id,
          'lk.transcription_final': String(entry.final),
          ...this.#track(entry, sender),
        },
      },
      ...(sender !== undefined && { sender }),
    });
  }

  #track({ role }: LogEntry, identity: string | undefined): Record<string, string> {
    const sid =
      role === 'avatar'
        ? this.#voiceSid
        : this.#people.get(identity ?? '')?.tracks.find(({ place }) => place === 'microphone')?.sid;
    return sid === undefined ? {} : { 'lk.transcribed_track_id': sid };
  }

  /** Who the avatar is. */
  named(name: string): void {
    this.#name = name;
    this.#tellSelf();
  }

  /** Our room has ended under its people. */
  ended(): void {
    this.#room = undefined;
    this.#media = undefined;
    this.#seats.clear();
    this.#reopenSoon();
  }

  #noticed(notice: RoomNotice): void {
    if (this.#closed) return;
    if (notice.type === 'changed') this.#changed(notice.participant);
    else if (notice.type === 'left') this.#left(notice.identity);
    else if (notice.type === 'text') this.#text(notice.from, notice.text);
    else if (notice.type === 'speakers') this.#media?.events.speakers(notice.identities);
    else if (notice.type === 'watched') {
      if (this.#media !== undefined) this.#media.watched = notice.watched;
    } else if (notice.type === 'closed') void this.#lost(notice);
    else if (notice.type === 'died') {
      // The agent's line went with the carrier: our room begins anew, with what was said.
      this.#media?.events.ended('worker-died');
      void this.#lost({ ...notice, retryable: true });
    }
  }

  /** Joins again for as long as it makes sense; people keep their seats meanwhile. */
  async #lost({ message, retryable }: { message: string; retryable: boolean }): Promise<void> {
    const { log, reconnected } = this.#deps;
    const sinceMs = performance.now();
    let error = new LiveKitError(message, { retryable });
    for (let waitMs = REJOIN_MS.first; error.retryable; waitMs = Math.min(REJOIN_MS.most, 2 * waitMs)) {
      if (performance.now() - sinceMs > REJOIN_MS.givesUp) break;
      if (this.#closed) return;
      log.warn({ room: this.name, reason: error.message }, 'the line to a LiveKit room was lost; joining again');
      await new Promise(resolve => setTimeout(resolve, waitMs));
      if (this.#closed) return;
      try {
        this.#joined(await this.#join(await this.#deps.token(this.name)));
        reconnected();
        return;
      } catch (failure) {
        error = failure instanceof LiveKitError ? failure : new LiveKitError(String(failure));
      }
    }
    await this.close(error);
  }

  #changed(participant: RemoteParticipant): void {
    if (participant.kind !== 'person') return;
    const { identity } = participant;
    const before = this.#people.get(identity);
    this.#people.set(identity, participant);
    this.#then(async () => {
      if (!this.#people.has(identity)) return;
      const kept = this.#seatOf(identity);
      if (kept?.presence === 'reconnecting') {
        this.#animated.delete(kept);
        this.#room?.resume(kept, this.#notify, consentOf(participant.attributes));
      }
      const seat = kept ?? (await this.#seat(participant));
      if (seat === undefined) return;
      this.#update(seat, participant, before);
      this.#animate(seat, participant);
    });
  }

  #left(identity: string): void {
    this.#people.delete(identity);
    this.#then(() => this.#unseat(identity));
  }

  /** Their place is kept for a while, as for everybody whose line was lost. */
  #missing(identity: string): void {
    this.#people.delete(identity);
    this.#then(() => {
      const seat = this.#seats.get(identity);
      if (seat !== undefined) this.#room?.lost(seat);
    });
  }

  /** Somebody's seat, while they have it. */
  #seatOf(identity: string): Seat | undefined {
    const seat = this.#seats.get(identity);
    return seat !== undefined && this.#room?.seats.get(seat.admission.identity) === seat ? seat : undefined;
  }

  #then(change: () => unknown): void {
    this.#queue = this.#queue.then(change).then(
      () => {},
      error => {
        const { log } = this.#deps;
        log.warn({ room: this.name, reason: String(error) }, 'somebody in a LiveKit room could not be given a seat');
        this.#reopenSoon();
      },
    );
  }

  /** Whoever is there takes a seat again. */
  #reopenSoon(): void {
    clearTimeout(this.#reopen);
    if (this.#closed) return;
    this.#reopen = setTimeout(() => {
      for (const participant of this.#people.values()) this.#changed(participant);
    }, REOPEN_MS);
  }

  async #seat(participant: RemoteParticipant): Promise<Seat | undefined> {
    const { carrier, rooms, agentIp } = this.#deps;
    const admission = admissionOf(participant, this.name, this.#wishes);
    const room = await rooms.enter(admission, '', {
      open: async events => {
        this.#media = new LiveKitMediaRoom({ carrier, room: this.#id, agentIp }, events);
        return this.#media;
      },
    });
    if (this.#closed || !this.#people.has(participant.identity)) {
      if (room.seats.size === 0) room.close('empty');
      return undefined;
    }
    const seat = room.join(admission, this.#notify, consentOf(participant.attributes));
    this.#room = room;
    this.#seats.set(participant.identity, seat);
    return seat;
  }

  readonly #notify: Notify = (name, payload) => {
    if (name === 'agent.state') this.#tellState(STATES[(payload as Notice<'agent.state'>).state]);
  };

  #unseat(identity: string): void {
    const seat = this.#seatOf(identity);
    this.#seats.delete(identity);
    if (seat !== undefined) this.#room?.leave(seat, 'left');
  }

  #update(seat: Seat, participant: RemoteParticipant, before: RemoteParticipant | undefined): void {
    const room = this.#room;
    const { media } = seat;
    if (room === undefined || !(media instanceof LiveKitPerson)) return;
    const earlier = media.producers();
    media.tracks = participant.tracks;
    for (const producer of media.producers()) {
      const known = earlier.find(({ producerId }) => producerId === producer.producerId);
      if (known === undefined) room.published(seat, producer);
      else if (known.paused !== producer.paused) room.changed(seat, producer);
    }
    for (const producer of earlier)
      if (!media.producers().some(({ producerId }) => producerId === producer.producerId))
        this.#media?.events.producerClosed(seat.admission.identity, producer);
    if (before !== undefined && before.attributes[ATTRIBUTE.consent] !== participant.attributes[ATTRIBUTE.consent])
      room.consent(seat, consentOf(participant.attributes));
  }

  /** What the avatar's face does, for who draws one of their own. */
  #animate(seat: Seat, { identity, attributes }: RemoteParticipant): void {
    const wanted = attributes[ATTRIBUTE.animation] === 'on';
    if (wanted === this.#animated.has(seat) || this.#room === undefined) return;
    if (!wanted) {
      this.#animated.delete(seat);
      this.#room.animation.unsubscribe(seat);
      return;
    }
    this.#animated.add(seat);
    const { carrier } = this.#deps;
    this.#room.animation.subscribe(seat, {
      ready: true,
      send: (events, dropped) =>
        carrier.tell('packet', {
          room: this.#id,
          to: identity,
          topic: TOPIC.animation,
          payload: JSON.stringify({ events, dropped }),
        }),
    });
  }

  /** Typed to everybody: the avatar answers that, too. */
  #text(from: string, { topic, text }: Text): void {
    const seat = this.#seats.get(from);
    if (topic !== TOPIC.chat || seat === undefined) return;
    const message = MessageText.safeParse(text);
    if (!message.success) return;
    const id = randomUUID();
    try {
      this.#room?.typed({
        id,
        turnId: id,
        speaker: seat.admission.identity,
        speakerName: seat.name,
        role: 'user',
        source: 'text',
        text: message.data,
        final: true,
        atMs: Date.now(),
      });
    } catch (error) {
      this.#deps.log.info({ room: this.name, reason: String(error) }, 'what was typed in a LiveKit room was refused');
    }
  }

  #tellState(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tellSelf();
  }

  #tellSelf(): void {
    const { carrier } = this.#deps;
    carrier.tell('attributes', { room: this.#id, name: this.#name, attributes: { 'lk.agent.state': this.#state } });
  }

  #identityOf(speaker: string): string | undefined {
    for (const [identity, seat] of this.#seats) if (seat.admission.identity === speaker) return identity;
    return undefined;
  }
}
