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
import { type Deleted, type Growing, type Live, NOBODY, personsIn, type Resumable } from './live.ts';
import { Withheld } from './withheld.ts';

/** A growing entry is put down this often at most; a long one, which is put down whole each time, less often. */
const GROWING_MS = 500;
const SHORT_LENGTH = 500;
/** What was learned in a conversation may come a little after its end. */
const LINGER_MS = 8000;

export interface RecorderOptions {
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
export class Recorder {
  readonly #options: Required<RecorderOptions>;
  readonly #live = new Map<Room, Live>();
  /** Conversations that ended a moment ago. */
  readonly #lately = new Map<Room, { live: Live; timer: NodeJS.Timeout }>();
  readonly #resumable = new Map<string, Resumable & { timer: NodeJS.Timeout }>();
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = { nowMs: () => performance.now(), changed: () => {}, ...options };
  }

  readonly listener: Partial<RoomListener> = {
    joined: (room, seat) => this.#safely(() => this.#joined(room, seat)),
    left: (room, identity) => this.#safely(() => this.#of(room, live => this.#left(live, identity))),
    logged: (room, entry) => this.#safely(() => this.#logged(room, entry)),
    unlogged: (room, entryId) => this.#safely(() => this.#of(room, live => this.#unlogged(live, entryId))),
    timed: (room, timing, trace) => this.#safely(() => this.#of(room, live => this.#timed(live, timing, trace))),
    avatarCame: (room, avatar) => this.#safely(() => this.#avatarCame(this.#live.get(room), avatar)),
    ended: (room, reason) => this.#safely(() => this.#ended(room, reason)),
  };

  /** Id of the conversation that goes on in a room. */
  conversationIn(room: Room): string | undefined {
    const live = this.#live.get(room);
    return live?.over === false ? live.id : undefined;
  }

  /** Ids of those that go on, or may be gone on with. */
  get unended(): string[] {
    return [...this.#live.values(), ...this.#resumable.values()].map(({ id }) => id).filter(id => id !== '');
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
      if (live === undefined || live.id === '' || person === undefined) return;
      const { id, avatar } = live;
      this.#put({ type: 'facts', ...this.#in(id), person, persona: avatar?.persona, turnId, facts });
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
      if (!live.over && isGone(live.id, personsIn(live))) {
        conversations.push(live.id);
        undo.push(this.#stop(room, live, person));
      }
    for (const { live } of this.#lately.values()) if (isGone(live.id, personsIn(live))) this.#unremember(live, person);
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
    for (const [room, live] of this.#live)
      if (!live.over && nowMs() - live.lastMs >= idleMs)
        this.#safely(() => {
          this.#conclude(live);
          this.#put({ type: 'end', conversation: live.id, atMs: live.lastUnixMs, ending: 'idle' });
          this.#finish(live);
          live.id = '';
          this.#options.changed(room, 'idle');
        });
  }

  /** Puts down what still waits. Conversations that go on are not ended: they may be taken up after a restart. */
  close(): void {
    if (this.#closed) return;
    for (const live of this.#live.values())
      this.#safely(() => {
        for (const { entry, waiting } of live.growing.values()) if (waiting) this.#say(live, entry);
        this.#finish(live);
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
      live = {
        id: '',
        lastMs: 0,
        lastUnixMs: 0,
        growing: new Map(),
        persons: new Map(),
        withheld: Withheld.nobody(),
        remembered: new Map(),
        over: false,
      };
      this.#live.set(room, live);
      const resumed = this.#take(room.name, seat.admission);
      if (resumed === undefined) this.#begin(room, live);
      else {
        live.id = resumed;
        this.#put({ type: 'resume', ...this.#in(live.id) });
      }
    }
    this.#alive(live);
    if (!live.withheld.has(seat) && !live.over) this.#came(live, seat);
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

  #begin(room: Room, live: Live): void {
    live.id = randomUUID();
    live.over = false;
    live.persons.clear();
    this.#put({ type: 'begin', ...this.#in(live.id), room: room.name });
    this.#options.changed(room, 'begun');
  }

  #came(live: Live, seat: Seat): void {
    const { identity, person, remember, canSubscribe } = seat.admission;
    if (person !== undefined) live.persons.set(identity, person);
    if (remember && person !== undefined) live.remembered.set(identity, person);
    const { name } = seat;
    this.#put({
      type: 'join',
      ...this.#in(live.id),
      identity,
      name,
      ...(person !== undefined && { person }),
      ...(!canSubscribe && { hears: false }),
    });
  }

  #left({ id, withheld }: Live, identity: string): void {
    if (!withheld.isIdentity(identity)) this.#put({ type: 'leave', ...this.#in(id), identity });
  }

  #timed({ id, withheld }: Live, timing: TurnTiming, trace?: TurnTrace): void {
    if (!withheld.isTurn(timing.turnId))
      this.#put({ type: 'turn', ...this.#in(id), timing, ...(trace !== undefined && { trace }) });
  }

  #avatarCame(live: Live | undefined, avatar: AvatarChoice): void {
    if (live === undefined) return;
    live.avatar = avatar;
    if (live.over) return;
    const { name, persona, avatar: face } = avatar;
    if (persona !== undefined)
      this.#put({ type: 'persona', ...this.#in(live.id), persona, name, ...(face !== undefined && { avatar: face }) });
  }

  #logged(room: Room, entry: LogEntry): void {
    const live = this.#live.get(room);
    if (live === undefined) return;
    if (live.withheld.isTheirs(entry)) {
      // It has grown into that.
      if (live.growing.has(entry.id)) this.#unlogged(live, entry.id);
      return;
    }
    // After a long silence, or when somebody took out what was theirs: what is said now begins another conversation.
    if (live.over && live.id === '') {
      const present = [...room.seats.values()].filter(seat => !live.withheld.has(seat));
      if (present.length === 0) return;
      this.#begin(room, live);
      for (const seat of present) this.#came(live, seat);
      if (live.avatar !== undefined) this.#avatarCame(live, live.avatar);
    }
    if (live.over) return;
    this.#alive(live);
    if (entry.final) this.#say(live, entry);
    else this.#grown(live, entry);
  }

  #grown(live: Live, entry: LogEntry): void {
    const growing: Growing = live.growing.get(entry.id) ?? {
      putDownMs: Number.NEGATIVE_INFINITY,
      entry,
      waiting: true,
    };
    live.growing.set(entry.id, growing);
    growing.entry = entry;
    growing.waiting = true;
    const everyMs = GROWING_MS * Math.max(1, entry.text.length / SHORT_LENGTH);
    const dueMs = growing.putDownMs + everyMs - live.lastMs;
    if (dueMs <= 0) this.#say(live, entry);
    else growing.timer ??= setTimeout(() => this.#safely(() => this.#say(live, growing.entry)), dueMs);
  }

  #say(live: Live, entry: LogEntry): void {
    clearTimeout(live.growing.get(entry.id)?.timer);
    if (entry.final) live.growing.delete(entry.id);
    else live.growing.set(entry.id, { putDownMs: this.#options.nowMs(), entry, waiting: false });
    this.#put({ type: 'say', ...this.#in(live.id), entry });
  }

  /** What still grows ends as it stands: nobody will tell its end any more. */
  #conclude(live: Live): void {
    for (const { entry } of [...live.growing.values()])
      this.#say(live, { ...entry, final: true, ...(entry.role === 'avatar' && { interrupted: true }) });
  }

  #unlogged(live: Live, entryId: string): void {
    clearTimeout(live.growing.get(entryId)?.timer);
    live.growing.delete(entryId);
    this.#put({ type: 'unsay', ...this.#in(live.id), entryId });
  }

  #ended(room: Room, reason: Parameters<RoomListener['ended']>[1]): void {
    const live = this.#live.get(room);
    if (live === undefined) return;
    const { id, over } = live;
    this.#conclude(live);
    this.#finish(live);
    this.#live.delete(room);
    this.#linger(room, live);
    if (over) return;
    for (const identity of room.seats.keys()) this.#left(live, identity);
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

  #stop(room: Room, live: Live, person?: string): () => void {
    const { id, withheld, remembered } = live;
    live.remembered = new Map(remembered);
    this.#unremember(live, person);
    if (person !== undefined) {
      const identities = [...live.persons].flatMap(([identity, each]) => (each === person ? [identity] : []));
      live.withheld = withheld.with(person, identities, room.history);
    }
    const undo = () => {
      live.withheld = withheld;
      live.remembered = remembered;
    };
    // Nothing more of them is said here: for the others it goes on.
    if (person !== undefined && !room.people.some(each => each.person === person)) return undo;
    this.#put({ type: 'end', ...this.#in(id), ending: 'withdrawn' });
    this.#finish(live);
    if (person !== undefined) live.id = '';
    this.#options.changed(room, 'withdrawn', person);
    return () => {
      undo();
      if (live.id === id) live.id = '';
    };
  }

  #unremember({ remembered }: Live, person?: string): void {
    for (const [identity, each] of remembered) if (person === undefined || each === person) remembered.delete(identity);
  }

  #alive(live: Live): void {
    live.lastMs = this.#options.nowMs();
    live.lastUnixMs = Date.now();
  }

  #finish(live: Live): void {
    live.over = true;
    for (const { timer } of live.growing.values()) clearTimeout(timer);
    live.growing.clear();
  }

  #of(room: Room, act: (live: Live) => void): void {
    const live = this.#live.get(room);
    if (live !== undefined && !live.over) act(live);
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
