import type { Logger } from 'pino';
import { NOTHING_RECALLED, type Recollection } from '../rooms/kept.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { lastWords } from '../store/conversations.ts';
import type { Database } from '../store/database.ts';
import { reasonOf } from '../store/errors.ts';
import { factOf, memoriesOf } from '../store/memories.ts';
import { logEntry } from '../store/unfinished.ts';

/** A call waits so long for what is known of its people; then it begins without. */
const PATIENCE_MS = 300;
/** Entries of an earlier conversation that an agent is told. */
const EARLIER = 40;

export interface RecollectionsOptions {
  database: Pick<Database, 'ready' | 'db'>;
  log: Logger;
  /** Conversation and persona of a room, as far as they are known yet. */
  present(room: Room, seat: Seat): { conversation?: string; persona?: string };
}

/** What is known of people from earlier calls: looked up from the moment they join. */
export class Recollections {
  readonly #options: RecollectionsOptions;
  readonly #begun = new WeakMap<Seat, Promise<Recollection>>();

  constructor(options: RecollectionsOptions) {
    this.#options = options;
  }

  /** Begins to look up, so that it is there when the agent asks. */
  begin(room: Room, seat: Seat): void {
    const { person, remember, resume } = seat.admission;
    if (person === undefined || !(remember || resume)) return;
    const looking = this.#lookUp(room, seat, person);
    looking.catch(() => {});
    this.#begun.set(seat, looking);
  }

  /** What was looked up of a person is not so any more. */
  outdated(room: Room, person: string): void {
    for (const seat of room.seats.values()) if (seat.admission.person === person) this.#begun.delete(seat);
  }

  /** Within 300 ms, whatever the database does. */
  readonly of = (seat: Seat, room: Room): Recollection | Promise<Recollection> => {
    const { person, remember, resume } = seat.admission;
    if (person === undefined || !(remember || resume)) return NOTHING_RECALLED;
    const looking = this.#begun.get(seat) ?? this.#lookUp(room, seat, person);
    // Asked again, when another agent takes over, it is looked up anew: more may be known by then.
    this.#begun.delete(seat);
    return this.#inTime(looking, room);
  };

  async #lookUp(room: Room, seat: Seat, person: string): Promise<Recollection> {
    const { database, present } = this.#options;
    await database.ready();
    const { conversation, persona } = present(room, seat);
    const [memories, earlier] = await Promise.all([
      seat.admission.remember ? memoriesOf(database.db, person) : [],
      seat.admission.resume ? lastWords(database.db, { person, persona, but: conversation, limit: EARLIER }) : [],
    ]);
    return {
      memories: memories.map(factOf),
      // In this call they may have another identity than in that one: what they said then is still theirs.
      earlier: earlier.map(message => ({
        ...logEntry(message),
        ...(message.person === person && { speaker: seat.admission.identity }),
      })),
    };
  }

  async #inTime(looking: Promise<Recollection>, room: Room): Promise<Recollection> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => resolve('late'), PATIENCE_MS);
    try {
      const known = await Promise.race([looking, late]);
      if (known !== 'late') return known;
      looking.catch(() => {});
      this.#options.log.warn({ room: room.name }, 'the database is slow: a call begins without what is remembered');
    } catch (error) {
      this.#options.log.warn({ room: room.name, reason: reasonOf(error) }, 'a call begins without what is remembered');
    } finally {
      clearTimeout(timer);
    }
    return NOTHING_RECALLED;
  }
}
