import { randomUUID } from 'node:crypto';
import type { FromHost } from '../../protocol/agents.ts';
import type { LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Admission } from '../auth/tokens.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import { KEEP_LOG_MS } from '../rooms/registry.ts';
import { isAgain } from '../rooms/returning.ts';
import type { AvatarChoice, Room, Seat } from '../rooms/room.ts';
import type { ConversationRecord, Ending } from '../store/records.ts';
import {
  BETWEEN,
  type Deleted,
  type Going,
  type Growing,
  type Live,
  NOBODY,
  over,
  personsIn,
  type Resumable,
  silence,
} from './live.ts';
import { Withheld } from './withheld.ts';

/** A growing entry is put down this often at most; a long one, which is put down whole each time, less often. */
const GROWING_MS = 500;
const SHORT_LENGTH = 500;
/** What was learned in a conversation may come a little after its end. */
const LINGER_MS = 8000;

export interface ScribeOptions {
  append(record: ConversationRecord): void;
  /** Something went wrong here; the call goes on. */
  failed(error: unknown): void;
  /** A conversation in which nobody has said anything for so long is over. */
  idleMs: number;
  /** Monotonic, for how long something lasts. */
  nowMs?: () => number;
  /** Another conversation goes on in a room, or none; `withdrawn`: it is deleted, or this person takes out what is theirs. */
  changed?: (room: Room, why: 'begun' | 'idle' | 'withdrawn', person?: string) => void;
}

/**
 * Takes down what happens in rooms. A conversation is what is said from the first person's coming until the last
 * one's leaving. Nothing here waits, and nothing that goes wrong here reaches the call.
 */
export class Scribe {
  readonly #options: Required<ScribeOptions>;
  readonly #live = new Map<Room, Live>();
  /** Conversations that ended a moment ago. */
  readonly #lately = new Map<Room, { live: Live; timer: NodeJS.Timeout }>();
  readonly #resumable = new Map<string, Resumable & { timer: NodeJS.Timeout }>();
  #closed = false;

  constructor(options: ScribeOptions) {
    this.#options = { nowMs: () => performance.now(), changed: () => {}, ...options };
  }

  readonly listener: Partial<RoomListener> = {
    joined: (room, seat) => this.#safely(() => this.#joined(room, seat)),
    left: (room, identity) => this.#safely(() => this.#of(room, (going, live) => this.#left(going, live, identity))),
    logged: (room, entry) => this.#safely(() => this.#logged(room, entry)),
    unlogged: (room, entryId) => this.#safely(() => this.#of(room, going => this.#unlogged(going, entryId))),
    timed: (room, timing, trace) =>
      this.#safely(() => this.#of(room, (going, live) => this.#timed(going, live, timing, trace))),
    consented: (room, seat) => this.#safely(() => this.#consented(room, seat)),
    avatarCame: (room, avatar) => this.#safely(() => this.#avatarCame(this.#live.get(room), avatar)),
    ended: (room, reason) => this.#safely(() => this.#ended(room, reason)),
  };

  /** Id of the conversation that goes on in a room. */
  conversationIn(room: Room): string | undefined {
    const state = this.#live.get(room)?.state;
    return state?.is === 'going' ? state.id : undefined;
  }

  /** Ids of those that go on, or may be gone on with. */
  get unended(): string[] {
    const begun = [...this.#live.values()].flatMap(({ state }) => (state.is === 'between' ? [] : [state.id]));
    return [...begun, ...[...this.#resumable.values()].map(({ id }) => id)];
  }

  /** Who the avatar is there. */
  personaIn(room: Room): string | undefined {
    return this.#live.get(room)?.avatar?.persona;
  }

  /** What was learned of somebody who wants to be remembered; of anybody else nothing is kept. */
  readonly learned = (
    room: Room,
    { identity, turnId, facts }: Omit<FromHost<'job.facts'>, 'jobId' | 'revision'>,
  ): void =>
    this.#safely(() => {
      const live = this.#live.get(room) ?? this.#lately.get(room)?.live;
      const person = live?.remembered.get(identity);
      if (live === undefined || live.state.is === 'between' || person === undefined) return;
      const { state, avatar } = live;
      this.#put({ type: 'facts', ...this.#in(state.id), person, persona: avatar?.persona, turnId, facts });
    });

  /** Goes on with a conversation when one of its people comes within the time that its log is kept. */
  awaitReturn(resumable: Resumable): void {
    const timer = setTimeout(() => {
      this.#resumable.delete(resumable.room);
      this.#safely(() => this.#put({ type: 'end', ...this.#in(resumable.id), ending: 'lost' }));
    }, KEEP_LOG_MS);
    timer.unref();
    clearTimeout(this.#resumable.get(resumable.room)?.timer);
    this.#resumable.set(resumable.room, { ...resumable, timer });
  }

  /**
   * Of these conversations nothing more is taken down: they are about to be deleted. Where that is for one person only,
   * nothing more of them is, and what the others say from now on is another conversation if that person is there.
   * `rooms` are those whose people were waited for, `conversations` those that went on. `goOn`: they are not deleted
   * after all.
   */
  stop({ isGone, person }: Deleted): { rooms: string[]; conversations: string[]; goOn(): void } {
    const undo: (() => void)[] = [];
    const conversations: string[] = [];
    for (const [room, live] of this.#live)
      if (live.state.is === 'going' && isGone(live.state.id, personsIn(live.state))) {
        conversations.push(live.state.id);
        undo.push(this.#stop(room, live, live.state, person));
      }
    for (const { live } of this.#lately.values())
      if (live.state.is !== 'between' && isGone(live.state.id, personsIn(live.state))) this.#unremember(live, person);
    // The others may still go on with it.
    const rooms = person === undefined ? this.waitNoMore(id => isGone(id, NOBODY)) : [];
    const goOn = () => {
      for (const each of undo) each();
    };
    return { rooms, conversations, goOn };
  }

  /** Nobody goes on with these: they are deleted. The rooms in which somebody could have. */
  waitNoMore(isGone: (conversation: string) => boolean): string[] {
    const waiting = [...this.#resumable.values()].filter(({ id }) => isGone(id));
    for (const { id, room, timer } of waiting) {
      clearTimeout(timer);
      this.#resumable.delete(room);
      this.#put({ type: 'end', ...this.#in(id), ending: 'withdrawn' });
    }
    return waiting.map(({ room }) => room);
  }

  /** Ends what has been silent for too long; to be called now and then. */
  endIdle(): void {
    const { nowMs, idleMs } = this.#options;
    for (const [room, live] of this.#live) {
      const { state } = live;
      if (state.is !== 'going' || nowMs() - state.lastMs < idleMs) continue;
      this.#safely(() => {
        this.#conclude(state);
        this.#put({ type: 'end', conversation: state.id, atMs: state.lastUnixMs, ending: 'idle' });
        live.state = BETWEEN;
        this.#options.changed(room, 'idle');
      });
    }
  }

  /** Puts down what still waits. Conversations that go on are not ended: they may be taken up after a restart. */
  close(): void {
    if (this.#closed) return;
    for (const { state } of this.#live.values())
      if (state.is === 'going')
        this.#safely(() => {
          for (const { entry, waiting } of state.growing.values()) if (waiting) this.#say(state, entry);
          silence(state);
        });
    for (const { timer } of this.#resumable.values()) clearTimeout(timer);
    for (const { timer } of this.#lately.values()) clearTimeout(timer);
    this.#lately.clear();
    this.#live.clear();
    this.#closed = true;
  }

  #joined(room: Room, seat: Seat): void {
    let live = this.#live.get(room);
    if (live === undefined) {
      live = { state: BETWEEN, withheld: Withheld.nobody(), remembered: new Map() };
      this.#live.set(room, live);
      const resumed = this.#take(room.name, seat.admission);
      if (resumed === undefined) this.#begin(room, live);
      else {
        live.state = this.#going(resumed);
        this.#put({ type: 'resume', ...this.#in(resumed) });
      }
    }
    const theirs = live.withheld.has(seat);
    if (live.state.is !== 'going') return;
    this.#alive(live.state);
    if (!theirs) this.#came(live.state, live, seat);
  }

  #take(room: string, admission: Admission): string | undefined {
    const waiting = this.#resumable.get(room);
    if (waiting === undefined) return undefined;
    clearTimeout(waiting.timer);
    this.#resumable.delete(room);
    if (waiting.isFor(admission)) return waiting.id;
    this.#put({ type: 'end', ...this.#in(waiting.id), ending: 'lost' });
    return undefined;
  }

  #begin(room: Room, live: Live): Going {
    const going = this.#going(randomUUID());
    live.state = going;
    this.#put({ type: 'begin', ...this.#in(going.id), room: room.name });
    this.#options.changed(room, 'begun');
    return going;
  }

  #going(id: string): Going {
    const going: Going = { is: 'going', id, lastMs: 0, lastUnixMs: 0, growing: new Map(), persons: new Map() };
    this.#alive(going);
    return going;
  }

  #came({ id, persons }: Going, { remembered }: Live, seat: Seat): void {
    const { identity, person, remember, canSubscribe } = seat.admission;
    if (person !== undefined) persons.set(identity, person);
    if (remember && person !== undefined) remembered.set(identity, person);
    const { name } = seat;
    this.#put({
      type: 'join',
      ...this.#in(id),
      identity,
      name,
      ...(person !== undefined && { person }),
      ...(!canSubscribe && { hears: false }),
    });
  }

  #left({ id }: Going, { withheld }: Live, identity: string): void {
    if (!withheld.isIdentity(identity)) this.#put({ type: 'leave', ...this.#in(id), identity });
  }

  #timed({ id }: Going, { withheld }: Live, timing: TurnTiming, trace?: TurnTrace): void {
    if (!withheld.isTurn(timing.turnId))
      this.#put({ type: 'turn', ...this.#in(id), timing, ...(trace !== undefined && { trace }) });
  }

  #avatarCame(live: Live | undefined, avatar: AvatarChoice): void {
    if (live === undefined) return;
    live.avatar = avatar;
    if (live.state.is === 'going') this.#personaIs(live.state, avatar);
  }

  #personaIs({ id }: Going, { name, persona, avatar }: AvatarChoice): void {
    if (persona !== undefined)
      this.#put({ type: 'persona', ...this.#in(id), persona, name, ...(avatar !== undefined && { avatar }) });
  }

  #logged(room: Room, entry: LogEntry): void {
    const live = this.#live.get(room);
    if (live === undefined) return;
    const { state } = live;
    if (live.withheld.isTheirs(entry)) {
      // It has grown into that.
      if (state.is === 'going' && state.growing.has(entry.id)) this.#unlogged(state, entry.id);
      return;
    }
    const going = state.is === 'between' ? this.#another(room, live) : state;
    if (going?.is !== 'going') return;
    this.#alive(going);
    if (entry.final) this.#say(going, entry);
    else this.#grown(going, entry);
  }

  /** A recording is part of a conversation: who wants one begins the next. */
  #consented(room: Room, { consent }: Seat): void {
    const live = this.#live.get(room);
    if (consent.recording && live?.state.is === 'between') this.#another(room, live);
  }

  /** Begins the next conversation of a room, with those who are there, if any of them may be taken down. */
  #another(room: Room, live: Live): Going | undefined {
    const present = [...room.seats.values()].filter(seat => !live.withheld.has(seat));
    if (present.length === 0) return undefined;
    const going = this.#begin(room, live);
    for (const seat of present) this.#came(going, live, seat);
    if (live.avatar !== undefined) this.#personaIs(going, live.avatar);
    return going;
  }

  #grown(going: Going, entry: LogEntry): void {
    const growing: Growing = going.growing.get(entry.id) ?? {
      putDownMs: Number.NEGATIVE_INFINITY,
      entry,
      waiting: true,
    };
    going.growing.set(entry.id, growing);
    growing.entry = entry;
    growing.waiting = true;
    const everyMs = GROWING_MS * Math.max(1, entry.text.length / SHORT_LENGTH);
    const dueMs = growing.putDownMs + everyMs - going.lastMs;
    if (dueMs <= 0) this.#say(going, entry);
    else growing.timer ??= setTimeout(() => this.#safely(() => this.#say(going, growing.entry)), dueMs);
  }

  #say({ id, growing }: Going, entry: LogEntry): void {
    clearTimeout(growing.get(entry.id)?.timer);
    if (entry.final) growing.delete(entry.id);
    else growing.set(entry.id, { putDownMs: this.#options.nowMs(), entry, waiting: false });
    this.#put({ type: 'say', ...this.#in(id), entry });
  }

  /** What still grows ends as it stands: nobody will tell its end any more. */
  #conclude(going: Going): void {
    for (const { entry } of [...going.growing.values()])
      this.#say(going, { ...entry, final: true, ...(entry.role === 'avatar' && { interrupted: true }) });
  }

  #unlogged({ id, growing }: Going, entryId: string): void {
    clearTimeout(growing.get(entryId)?.timer);
    growing.delete(entryId);
    this.#put({ type: 'unsay', ...this.#in(id), entryId });
  }

  #ended(room: Room, reason: Parameters<RoomListener['ended']>[1]): void {
    const live = this.#live.get(room);
    if (live === undefined) return;
    const { state } = live;
    if (state.is === 'going') {
      this.#conclude(state);
      live.state = over(state);
    }
    this.#live.delete(room);
    this.#linger(room, live);
    if (state.is !== 'going') return;
    const { id } = state;
    for (const identity of room.seats.keys()) this.#left(state, live, identity);
    if (reason === 'shutting-down') return;
    if (reason === 'empty') this.#put({ type: 'end', ...this.#in(id), ending: 'left' satisfies Ending });
    else {
      const { people } = room;
      const isFor = (admission: Admission) => people.some(before => isAgain(admission, before));
      this.awaitReturn({ id, room: room.name, isFor });
    }
  }

  #linger(room: Room, live: Live): void {
    const timer = setTimeout(() => this.#lately.delete(room), LINGER_MS);
    timer.unref();
    this.#lately.set(room, { live, timer });
  }

  #stop(room: Room, live: Live, going: Going, person?: string): () => void {
    const { withheld, remembered } = live;
    const { id } = going;
    live.remembered = new Map(remembered);
    this.#unremember(live, person);
    if (person !== undefined) {
      const identities = [...going.persons].flatMap(([identity, each]) => (each === person ? [identity] : []));
      live.withheld = withheld.with(person, identities, room.history);
    }
    const undo = () => {
      live.withheld = withheld;
      live.remembered = remembered;
    };
    // Nothing more of them is said here: for the others it goes on.
    if (person !== undefined && !room.people.some(each => each.person === person)) return undo;
    this.#put({ type: 'end', ...this.#in(id), ending: 'withdrawn' });
    silence(going);
    live.state = person === undefined ? over(going) : BETWEEN;
    this.#options.changed(room, 'withdrawn', person);
    return () => {
      undo();
      if (live.state.is === 'over' && live.state.id === id) live.state = BETWEEN;
    };
  }

  #unremember({ remembered }: Live, person?: string): void {
    for (const [identity, each] of remembered) if (person === undefined || each === person) remembered.delete(identity);
  }

  #alive(going: Going): void {
    going.lastMs = this.#options.nowMs();
    going.lastUnixMs = Date.now();
  }

  #of(room: Room, act: (going: Going, live: Live) => void): void {
    const live = this.#live.get(room);
    if (live?.state.is === 'going') act(live.state, live);
  }

  #in(conversation: string) {
    return { conversation, atMs: Date.now() };
  }

  #put(record: ConversationRecord): void {
    if (!this.#closed) this.#options.append(record);
  }

  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.failed(error);
    }
  }
}
