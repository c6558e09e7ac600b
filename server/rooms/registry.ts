import { RequestError } from '../../protocol/errors.ts';
import type { Admission } from '../auth/tokens.ts';
import { LocalDirectory } from '../cluster/local-directory.ts';
import type { Directory, Owner } from '../cluster/port.ts';
import { Held } from '../limits/held.ts';
import type { RoomText } from '../limits/text.ts';
import type { RoomListener } from './listeners.ts';
import { type Before, isAgain } from './returning.ts';
import { Room } from './room.ts';
import type { RoomControl } from './room-control.ts';
import { type Heard, RoomLog } from './room-log.ts';
import type { HostRule } from './room-parts.ts';

/** How long the log of a room that ended under its people waits for them to come back. */
export const KEEP_LOG_MS = 10 * 60_000;

export interface RegistryOptions {
  engine: RoomControl;
  /** Which server has a room; absent: there is this one. */
  directory?: Directory;
  graceMs: number;
  maxRooms: number;
  maxPeople: number;
  /** Rooms that guests of one address hold open. */
  maxRoomsPerAddress?: number;
  /** Who comes later reads what was said before. */
  showEarlier?: boolean;
  /** Who is host beside those whose token says so. */
  hosts?: HostRule;
  /** How much may be said in a room, by its name; absent: as much as people like. */
  textOf?: (room: string) => RoomText;
  /** Told of everything that happens in any room. */
  listener: Partial<RoomListener>;
}

interface Kept {
  log: Heard[];
  /** Whom it waits for. */
  before: Before[];
}

/** How a room is to be opened. */
interface Opening {
  /** From where, where that is by a guest. */
  opener: string | undefined;
  /** Who routes its media; absent: this server's own. */
  engine: Pick<RoomControl, 'open'> | undefined;
  /** Called when it has ended. */
  over(): void;
}

/** All open rooms by name. */
export class Rooms {
  readonly #options: RegistryOptions;
  readonly #directory: Directory;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Set<Room>();
  /** By the address from where guests opened them. */
  readonly #held = new Held();
  readonly #kept = new Map<string, Kept & { timer: NodeJS.Timeout }>();
  #draining = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#directory = options.directory ?? new LocalDirectory();
  }

  get all(): Room[] {
    return [...this.#open];
  }
  get peopleCount(): number {
    return this.all.reduce((sum, room) => sum + room.seats.size, 0);
  }

  find(name: string): Room | undefined {
    return this.all.find(room => room.name === name);
  }

  /**
   * The room a token admits to; opened if nobody is in it. `address`: where they come from; `engine`: who routes its
   * media, where it is not this server's own.
   */
  async enter(admission: Admission, address = '', engine?: Pick<RoomControl, 'open'>): Promise<Room> {
    if (this.#draining)
      throw new RequestError('shutting-down', 'The server is going down. Please come back in a moment.', {
        retryable: true,
      });
    const present = this.#rooms.get(admission.room);
    if (present !== undefined) {
      const room = await present;
      // Somebody else was here first: they have seen nothing of it, and this one finds what is theirs.
      const kept = this.#keptFor(admission);
      if (kept !== undefined && !room.closed) {
        room.restore(kept.log, kept.before);
        this.drop(room.name);
      }
      return room;
    }
    if (this.#rooms.size >= this.#options.maxRooms)
      throw new RequestError('server-full', 'All rooms of this server are taken. Please try again later.', {
        retryable: true,
      });
    const opener = admission.guest === true ? address : undefined;
    if (opener !== undefined) this.#mayOpen(opener);
    const letGo = opener === undefined ? () => {} : this.#held.take(opener);
    const over = () => {
      this.#rooms.delete(admission.room);
      letGo();
    };
    const opening = this.#openOurs(admission, { opener, engine, over });
    this.#rooms.set(admission.room, opening);
    opening.catch(over);
    return opening;
  }

  /** Whoever signs tokens answers for them; guests of one address do not take the rooms from everybody. */
  #mayOpen(address: string): void {
    const { maxRoomsPerAddress = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#held.of(address) >= maxRoomsPerAddress)
      throw new RequestError(
        'server-full',
        'There are as many rooms open from your network as one may have. Leave one of them, or join one that is open.',
        { retryable: true },
      );
  }

  close(): void {
    this.#draining = true;
    for (const room of this.all) room.close('shutting-down');
    for (const { timer } of this.#kept.values()) clearTimeout(timer);
    this.#kept.clear();
  }

  /** What was said in a room before this server was started again. */
  keep(name: string, kept: Kept): void {
    if (this.#draining) return;
    const timer = setTimeout(() => this.#kept.delete(name), KEEP_LOG_MS);
    timer.unref();
    clearTimeout(this.#kept.get(name)?.timer);
    this.#kept.set(name, { ...kept, log: new RoomLog(kept.log).heard, timer });
  }

  /** These entries were deleted: they leave every room, and what waits for people to come back. */
  strike(entryIds: ReadonlySet<string>): void {
    for (const room of this.all) room.strike(entryIds);
    for (const kept of this.#kept.values()) kept.log = kept.log.filter(({ entry }) => !entryIds.has(entry.id));
  }

  /** What was said in a room is not to be seen any more. */
  drop(name: string): void {
    clearTimeout(this.#kept.get(name)?.timer);
    this.#kept.delete(name);
  }

  #keptFor(admission: Admission): Kept | undefined {
    const kept = this.#kept.get(admission.room);
    return kept?.before.some(each => isAgain(admission, each)) === true ? kept : undefined;
  }

  /** Throws `misdirected` where another server has the room. */
  async #openOurs(admission: Admission, { over, ...opening }: Opening): Promise<Room> {
    const name = admission.room;
    if (!(await this.#directory.claim(name))) throw elsewhere(await this.#directory.owner(name));
    const release = () => void this.#directory.release(name);
    try {
      return await this.#openRoom(admission, {
        ...opening,
        over: () => {
          over();
          release();
        },
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  async #openRoom(admission: Admission, { opener: openedBy, engine: own, over }: Opening): Promise<Room> {
    const name = admission.room;
    const kept = this.#keptFor(admission);
    const { engine, graceMs, maxPeople, showEarlier, hosts, textOf, listener } = this.#options;
    const room = await Room.open(own ?? engine, {
      name,
      ...(openedBy !== undefined && { openedBy }),
      graceMs,
      maxPeople,
      ...(showEarlier !== undefined && { showEarlier }),
      ...(hosts !== undefined && { hosts }),
      ...(textOf !== undefined && { text: textOf(name) }),
      ...(kept !== undefined && { log: kept.log, before: kept.before }),
      listener: {
        ...listener,
        ended: (ended, reason) => {
          over();
          this.#open.delete(ended);
          if (reason === 'worker-died' || reason === 'router-closed')
            this.keep(name, { log: ended.heard, before: ended.people });
          listener.ended?.(ended, reason);
        },
      },
    });
    // Only now: where the media cannot be opened yet, the next attempt still finds the log.
    if (kept !== undefined) this.drop(name);
    this.#open.add(room);
    if (this.#draining) room.close('shutting-down');
    return room;
  }
}

/** Of a room that another server has, or had a moment ago. */
const elsewhere = (owner: Owner | undefined): RequestError =>
  owner?.ours === false
    ? new RequestError('misdirected', `This room is held by another server: join it at ${owner.address}.`)
    : new RequestError('unavailable', 'This room was on another server until now. Please try again.', {
        retryable: true,
      });
