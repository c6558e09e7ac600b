import { RequestError } from '../../protocol/errors.ts';
import type { Rating } from '../../protocol/ratings.ts';
import type { Holder } from '../auth/tokens.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import type { Room } from '../rooms/room.ts';

/** Who has left may say so long what they think of it. */
const RATED_WITHIN_MS = 30 * 60_000;
/** Calls that wait to be rated; the oldest are given up first [C2]. */
const MOST_UNRATED = 10_000;

interface Call {
  room: Room;
  /** Absent: they are still in it. */
  left?: { atMs: number; conversation: string | undefined };
}

/** A rating, and what it is of. */
export interface Rated extends Rating {
  identity: string;
  persona: string;
  /** Absent: it is not kept. */
  conversation?: string;
}

export interface RatingsOptions {
  /** Id of the conversation that goes on in a room, where it is kept. */
  conversationIn(room: Room): string | undefined;
  /** Called once for each. */
  rated(rated: Rated): void;
  /** Monotonic. */
  nowMs?: () => number;
}

/** How people found their calls: by who was in one, once for each time. */
export class Ratings {
  readonly #options: Required<RatingsOptions>;
  readonly #calls = new Map<string, Call>();
  readonly #personas = new WeakMap<Room, string>();

  constructor(options: RatingsOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
  }

  /** To be told before the conversation is over: then nobody knows any more which it was. */
  readonly listener: Partial<RoomListener> = {
    joined: (room, { admission: { identity } }) => {
      const key = keyOf({ room: room.name, identity });
      this.#calls.delete(key);
      this.#calls.set(key, { room });
      this.#forget();
    },
    avatarCame: (room, { persona }) => {
      if (persona !== undefined) this.#personas.set(room, persona);
    },
    left: (room, identity) => this.#left(room, identity),
    ended: room => {
      for (const identity of room.seats.keys()) this.#left(room, identity);
    },
  };

  /** Throws `not-found` for who was in no such call of late, or has rated it. */
  rate(holder: Holder, rating: Rating): void {
    this.#forget();
    const call = this.#calls.get(keyOf(holder));
    if (call === undefined)
      throw new RequestError('not-found', 'This call was rated already, or it is over for too long.');
    this.#calls.delete(keyOf(holder));
    const { room, left } = call;
    const conversation = left === undefined ? this.#options.conversationIn(room) : left.conversation;
    this.#options.rated({
      ...rating,
      identity: holder.identity,
      persona: this.#personas.get(room) ?? 'none',
      ...(conversation !== undefined && { conversation }),
    });
  }

  #left(room: Room, identity: string): void {
    const call = this.#calls.get(keyOf({ room: room.name, identity }));
    if (call !== undefined && call.left === undefined)
      call.left = { atMs: this.#options.nowMs(), conversation: this.#options.conversationIn(room) };
  }

  #forget(): void {
    const sinceMs = this.#options.nowMs() - RATED_WITHIN_MS;
    for (const [key, { left }] of this.#calls)
      if (this.#calls.size > MOST_UNRATED || (left !== undefined && left.atMs < sinceMs)) this.#calls.delete(key);
  }
}

const keyOf = ({ room, identity }: Holder) => JSON.stringify([room, identity]);
