import { randomBytes } from 'node:crypto';
import { AVATAR_IDENTITY } from '../../protocol/agents.ts';
import type { AgentState, FaceShown, LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import { RequestError } from '../../protocol/errors.ts';
import { type Consent, DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Reception } from '../../protocol/reception.ts';
import type { Notice, NoticeName, ProducerInfo, RequestOutput, RoomSnapshot } from '../../protocol/signaling.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import { looksLike, namesIn, tellApart } from '../auth/names.ts';
import type { Admission } from '../auth/tokens.ts';
import { AnimationFeed } from './animation.ts';
import { Moderation } from './moderation.ts';
import { agentInfo, everybody, participantInfo, youInfo } from './participants.ts';
import { type Before, earsOf, isAgain } from './returning.ts';
import type { AgentEndpoint, MediaAgent, MediaRoom, RoomControl, RoomEnd } from './room-control.ts';
import { entryFor, type Heard, RoomLog } from './room-log.ts';
import { type AgentSeat, type AvatarChoice, ENDINGS, type Notify, type RoomOptions, type Seat } from './room-parts.ts';

export type { AgentSeat, AvatarChoice, Notify, Seat } from './room-parts.ts';

const silent: Notify = () => {};

/** One room: seats, who publishes what, the conversation log. Routing is the engine's. */
export class Room {
  readonly name: string;
  readonly seats = new Map<string, Seat>();
  /** What the avatar's face does, for those seats that asked. */
  readonly animation = new AnimationFeed();
  /** Who hosts it, and whom it lets in. */
  readonly moderation: Moderation;
  agent: AgentSeat | undefined;
  /** An avatar has been here. */
  hadAgent = false;
  readonly #options: RoomOptions<Room>;
  readonly #log: RoomLog;
  #before: Before[];
  /** Who is here to hear what begins now. */
  #ears: ReadonlySet<string> = new Set();
  #media!: MediaRoom;
  /** No agent is here though one should be, and people were told. */
  #away = false;
  #closed = false;

  static async open(engine: Pick<RoomControl, 'open'>, options: RoomOptions<Room>): Promise<Room> {
    const room = new Room(options);
    room.#media = await engine.open({
      ended: reason => room.close(reason),
      producerClosed: (identity, producer) => {
        if (producer.source === 'microphone') room.#options.listener.microphone?.(room, identity, undefined);
        else room.#options.listener.picture?.(room, identity);
        room.broadcast('producer.removed', { identity, producerId: producer.producerId }, identity);
      },
      consumerClosed: (identity, consumerId) => room.seats.get(identity)?.notify('consumer.closed', { consumerId }),
      quality: (identity, direction, id, score) =>
        room.seats.get(identity)?.notify('quality', { direction, id, score }),
      speakers: identities => {
        for (const seat of room.seats.values())
          if (seat.admission.canSubscribe) seat.notify('speakers', { identities });
      },
    });
    return room;
  }

  private constructor(options: RoomOptions<Room>) {
    this.name = options.name;
    this.#options = options;
    this.moderation = new Moderation(this, options.hosts ?? 'grant', options.openedBy !== undefined);
    this.#before = options.before ?? [];
    this.#log = new RoomLog(options.log, options.showEarlier);
  }

  /** From where it was opened, where that was by a guest. */
  get openedBy(): string | undefined {
    return this.#options.openedBy;
  }
  get closed(): boolean {
    return this.#closed;
  }
  get rtpCapabilities() {
    return this.#media.rtpCapabilities;
  }
  /** What was said, oldest first, growing entries included. */
  get all(): LogEntry[] {
    return this.#log.all;
  }
  /** Final entries, oldest first. */
  get history(): LogEntry[] {
    return this.#log.all.filter(entry => entry.final);
  }

  /** The same, and who was there to hear it. */
  get heard(): Heard[] {
    return this.#log.heard.filter(({ entry }) => entry.final);
  }
  get people(): Before[] {
    return [...this.seats.values()].map(({ admission: { identity, person = null } }) => ({ identity, person }));
  }

  /** What was said before the room's media failed, and who was in it then: one of them has come back. */
  restore(log: readonly Heard[], before: readonly Before[]): void {
    this.#log.restore(log);
    this.#before = [...before];
  }

  /**
   * Seats a person. One identity has one seat: an earlier bearer of the same identity is shown out, and their socket
   * with them. Whose name is taken gets a number behind it.
   */
  join(admission: Admission, notify: Notify, consent = DEFAULT_CONSENT, dismiss = () => {}): Seat {
    if (this.#closed) throw new RequestError('room-closed', 'This room has just closed.', { retryable: true });
    this.moderation.door.pass(admission, notify);
    const earlier = this.seats.get(admission.identity);
    const order = [...this.seats.keys()];
    if (earlier !== undefined) {
      earlier.notify('room.closed', {
        reason: 'replaced',
        message: 'You joined from somewhere else, so this page left the call.',
        retryable: false,
      });
      this.#unseat(earlier, 'left');
      earlier.dismiss();
    }
    if (this.seats.size >= this.#options.maxPeople)
      throw new RequestError('room-full', `This room is full: ${this.#options.maxPeople} people are in it.`, {
        retryable: true,
      });
    const seat: Seat = {
      admission,
      resumeKey: randomBytes(18).toString('base64url'),
      media: this.#media.addPeer(admission.identity),
      name: tellApart(admission.name, namesIn(this)),
      consent,
      notify,
      dismiss,
      presence: 'here',
    };
    this.seats.set(admission.identity, seat);
    if (earlier !== undefined) this.#reorder(order);
    this.#listen();
    this.#returned(admission);
    this.moderation.appoint(seat);
    this.broadcast('participant.joined', { participant: participantInfo(seat) }, admission.identity);
    this.#options.listener.joined?.(this, seat);
    return seat;
  }

  /** Who takes their own place again has been there as long as before. */
  #reorder(order: readonly string[]): void {
    for (const identity of order) {
      const seat = this.seats.get(identity);
      if (seat === undefined) continue;
      this.seats.delete(identity);
      this.seats.set(identity, seat);
    }
  }

  /** Every call gives a guest another identity: what they said before is theirs under this one. */
  #returned(admission: Admission): void {
    const again = this.#before.filter(before => isAgain(admission, before));
    this.#before = this.#before.filter(before => !again.includes(before));
    const identities = new Set(again.map(({ identity }) => identity));
    for (const { entry, by } of this.#log.heard)
      if (identities.has(entry.speaker)) this.#log.put({ ...entry, speaker: admission.identity }, by);
  }

  #listen(): void {
    const hearing = [...this.seats.values()].filter(({ admission }) => admission.canSubscribe);
    this.#ears = new Set(hearing.flatMap(({ admission }) => earsOf(admission)));
  }

  /** Gives a seat back to its person, who came on another socket. */
  resume(seat: Seat, notify: Notify, consent?: Consent, dismiss = () => {}): void {
    clearTimeout(seat.graceTimer);
    // The socket that held it until now, where it did not notice that it is gone.
    seat.dismiss();
    seat.dismiss = dismiss;
    // A new connection asks anew.
    this.animation.unsubscribe(seat);
    seat.notify = notify;
    // A recording that has ended meanwhile does not begin again by itself.
    if (consent !== undefined)
      this.consent(seat, { ...consent, recording: consent.recording && seat.consent.recording });
    if (seat.presence === 'here') return;
    seat.presence = 'here';
    this.broadcast('participant.updated', { participant: participantInfo(seat) }, seat.admission.identity);
  }

  /** The socket is gone: the seat is kept for the grace time, or for as long as its person has said. */
  lost(seat: Seat, leaving?: { graceMs: number }): void {
    if (this.seats.get(seat.admission.identity) !== seat || this.#closed) return;
    seat.notify = silent;
    seat.dismiss = () => {};
    seat.presence = 'reconnecting';
    this.animation.unsubscribe(seat);
    this.broadcast('participant.updated', { participant: participantInfo(seat) });
    clearTimeout(seat.graceTimer);
    const reason = leaving === undefined ? 'lost' : 'left';
    seat.graceTimer = setTimeout(() => this.leave(seat, reason), leaving?.graceMs ?? this.#options.graceMs);
  }

  leave(seat: Seat, reason: 'left' | 'lost' | 'removed'): void {
    this.#unseat(seat, reason);
    if (this.seats.size === 0) this.close('empty');
  }

  #unseat(seat: Seat, reason: 'left' | 'lost' | 'removed'): void {
    const { identity } = seat.admission;
    clearTimeout(seat.graceTimer);
    if (this.seats.get(identity) !== seat) return;
    this.seats.delete(identity);
    this.#listen();
    seat.media.close();
    this.animation.unsubscribe(seat);
    this.broadcast('participant.left', { identity, reason });
    this.moderation.appoint();
    this.#options.listener.left?.(this, identity, reason);
  }

  /** Nobody may pass for somebody else who is here. */
  rename(seat: Seat, name: string): void {
    if (namesIn(this, seat).some(other => looksLike(other, name)))
      throw new RequestError('forbidden', 'Somebody in this room has that name.');
    seat.name = name;
    this.broadcast('participant.updated', { participant: participantInfo(seat) });
  }

  /** What the avatar may notice of somebody from now on, as they say. */
  consent(seat: Seat, consent: Consent): void {
    this.#consented(seat, consent);
    if (!consent.feelings) seat.notify('feeling', { feeling: null });
  }

  #consented(seat: Seat, consent: Consent): void {
    const changed = seat.consent.recording !== consent.recording;
    seat.consent = consent;
    // Everybody hears of a recording.
    if (changed) this.broadcast('participant.updated', { participant: participantInfo(seat) });
    this.#options.listener.consented?.(this, seat);
  }

  /** Nobody is recorded any more until they say so again, or this person is not. */
  stopRecording(person?: string): void {
    for (const seat of this.seats.values())
      if (seat.consent.recording && (person === undefined || seat.admission.person === person))
        this.#consented(seat, { ...seat.consent, recording: false });
  }

  /** They want less movement, or more again. */
  reduceMotion(seat: Seat, reduced: boolean): void {
    seat.reducedMotion = reduced;
    this.#options.listener.moved?.(this);
  }

  /** The avatar stops what it says. */
  hush(): void {
    this.#options.listener.hushed?.(this);
  }

  received(seat: Seat, reception: Reception): void {
    seat.reception = reception;
    this.#options.listener.received?.(this, seat, reception);
  }

  /** Whose words opened a turn, if they are still here. */
  speakerOf(turnId: string): Seat | undefined {
    return this.seats.get(this.#log.get(turnId)?.speaker ?? '');
  }

  published(seat: Seat, producer: ProducerInfo): void {
    const { identity } = seat.admission;
    this.broadcast('producer.added', { identity, producer }, identity);
    if (producer.source === 'microphone') this.#options.listener.microphone?.(this, identity, producer);
    else this.#options.listener.picture?.(this, identity);
  }

  changed(seat: Seat, producer: ProducerInfo): void {
    this.broadcast('producer.changed', { identity: seat.admission.identity, producer }, seat.admission.identity);
    if (producer.source !== 'microphone') this.#options.listener.picture?.(this, seat.admission.identity);
  }

  /** Puts an agent host's entry into the log and before the eyes of those who are there; past the room's share it is not kept. */
  logged(told: LogEntry): void {
    if (this.#log.isStruck(told)) return;
    const known = this.#log.get(told.id);
    const { feeling, ...said } = told;
    // Where it is not allowed any more, it comes too late.
    const felt = feeling !== undefined && this.seats.get(told.speaker)?.consent.feelings === true;
    const entry = { ...said, text: said.text.slice(0, LIMITS.entryLength), ...(felt && { feeling }) };
    const grown = Buffer.byteLength(entry.text) - Buffer.byteLength(known?.text ?? '');
    const kept = this.#options.text?.spoken(grown, known === undefined || entry.final) !== false;
    this.#show(entry);
    if (kept) this.#options.listener.logged?.(this, entry);
  }

  #show(entry: LogEntry): void {
    // What was pushed out is told to nobody as if it began now.
    if (!this.#log.put(entry, this.#ears)) return;
    for (const seat of this.seats.values())
      if (this.#log.mayKnow(seat, entry)) seat.notify('log.entry', { entry: entryFor(seat.admission, entry) });
  }

  unlogged(entryId: string): void {
    const seen = [...this.seats.values()].filter(seat => this.#log.mayKnow(seat, { id: entryId }));
    if (!this.#log.remove(entryId)) return;
    for (const seat of seen) seat.notify('log.removed', { entryId });
    this.#options.listener.unlogged?.(this, entryId);
  }

  /** These entries were deleted: they are shown no more, nor what is still to come of their turns. */
  strike(entryIds: ReadonlySet<string>): void {
    const before = [...this.seats.values()].map(seat => ({ seat, seen: this.#log.seenBy(seat) }));
    const shown = this.#log.strike(entryIds);
    for (const { seat, seen } of before)
      for (const entryId of shown) if (seen.has(entryId)) seat.notify('log.removed', { entryId });
    this.#options.listener.struck?.(this, entryIds, shown);
  }

  /** How long an answer took. */
  timed(timing: TurnTiming, trace?: TurnTrace): void {
    if (this.#log.isTurnStruck(timing.turnId)) return;
    const told = { timing, ...(trace !== undefined && { trace }) };
    for (const seat of this.seats.values()) if (this.#log.mayKnow(seat, timing)) seat.notify('turn.timing', told);
    const kept = trace === undefined || this.#options.text?.spoken(JSON.stringify(trace).length) !== false;
    this.#options.listener.timed?.(this, timing, kept ? trace : undefined);
  }

  /** Throws `rate-limited` where more was typed here than a room may hold. */
  typed(entry: LogEntry): void {
    this.#options.text?.typed(entry.text);
    this.#show(entry);
    this.#options.listener.logged?.(this, entry);
    this.#options.listener.typed?.(this, entry);
  }

  /** Connects an agent host's media and shows the avatar to everyone. */
  async addAgent(
    agent: { identity: string; records?: boolean } & AvatarChoice,
    endpoint: AgentEndpoint,
  ): Promise<MediaAgent> {
    if (this.#closed) throw new Error('the room is closed');
    const media = await this.#media.addAgent(agent.identity, endpoint);
    if (this.#closed) {
      media.close();
      throw new Error('the room is closed');
    }
    this.#away = false;
    const { identity, name, records = false } = agent;
    this.agent = { identity, name, records, state: 'idle', media };
    this.hadAgent = true;
    // Whoever came first under the avatar's name is not it.
    for (const seat of this.seats.values())
      if (looksLike(seat.name, name)) {
        seat.name = tellApart(seat.name, namesIn(this, seat));
        this.broadcast('participant.updated', { participant: participantInfo(seat) });
      }
    this.broadcast('participant.joined', { participant: agentInfo(this.agent) });
    this.broadcast('agent.state', { identity: agent.identity, state: 'idle' });
    this.#options.listener.avatarCame?.(this, agent);
    return media;
  }

  setAgentState(state: AgentState): void {
    if (this.agent === undefined || this.agent.state === state) return;
    this.agent.state = state;
    this.#tellAgentState(this.agent);
  }

  setAgentFace(face: FaceShown): void {
    if (this.agent === undefined) return;
    this.agent.face = face;
    this.#tellAgentState(this.agent);
  }

  #tellAgentState({ identity, state, face }: AgentSeat): void {
    this.broadcast('agent.state', { identity, state, face });
  }

  /** The avatar hung on something: it comes back without these entries, and people are told that it does not know them. */
  agentStartsOver(entryIds: string[]): void {
    for (const seat of this.seats.values()) {
      const seen = this.#log.seenBy(seat);
      const theirs = entryIds.filter(id => seen.has(id));
      if (seat.admission.canSubscribe || theirs.length > 0)
        seat.notify('agent.restarted', { identity: AVATAR_IDENTITY, entryIds: theirs });
    }
  }

  /** No agent can come for now: people are told, once. */
  agentAway(): void {
    if (this.agent !== undefined || this.#away || this.#closed) return;
    this.#away = true;
    this.broadcast('agent.state', { identity: AVATAR_IDENTITY, state: 'away' });
  }

  /** The avatar with this media is gone. Entries that were still growing are ended as they stand. */
  removeAgent(media: MediaAgent): void {
    media.close();
    const { agent } = this;
    if (agent === undefined || agent.media !== media || this.#closed) return;
    this.agent = undefined;
    this.animation.agentLeft();
    for (const entry of this.#log.all) if (!entry.final) this.logged({ ...entry, final: true, interrupted: true });
    this.broadcast('participant.left', { identity: agent.identity, reason: 'lost' });
  }

  snapshot(seat: Seat): RoomSnapshot {
    const { entries: log, earlier } = this.#log.page(seat);
    return {
      room: this.name,
      you: youInfo(seat),
      participants: everybody(this.seats.values(), this.agent),
      ...this.moderation.seenBy(seat),
      log,
      ...(earlier && { earlier }),
      ...(this.#options.showEarlier === true && { showsEarlier: true }),
      ...(this.agent !== undefined && {
        agent: { state: this.agent.state, identity: this.agent.identity, face: this.agent.face },
      }),
      ...(this.#away && { agent: { state: 'away', identity: AVATAR_IDENTITY } }),
    };
  }

  /** Whether they may see this entry, which is still there. */
  shows(seat: Seat, entryId: string): boolean {
    return this.#log.mayKnow(seat, { id: entryId });
  }

  /** What was said before an entry, as far as they may see it. */
  earlier(seat: Seat, asked: { before: string; limit: number }): RequestOutput<'log.earlier'> {
    return this.#log.page(seat, asked);
  }

  /** To everybody: what is said, seen or felt goes by its own ways, to those who may know. */
  broadcast<N extends NoticeName>(name: N, payload: Notice<N>, except?: string): void {
    for (const [identity, seat] of this.seats) if (identity !== except) seat.notify(name, payload);
  }

  close(reason: RoomEnd | 'empty' | 'shutting-down'): void {
    if (this.#closed) return;
    this.#closed = true;
    const told = {
      reason: reason === 'empty' ? 'removed' : reason,
      message: ENDINGS[reason],
      retryable: true,
    } as const;
    this.broadcast('room.closed', told);
    this.moderation.door.close(told);
    for (const seat of this.seats.values()) clearTimeout(seat.graceTimer);
    this.animation.close();
    this.#options.listener.ended?.(this, reason);
    this.seats.clear();
    this.agent = undefined;
    this.#media.close();
  }
}
