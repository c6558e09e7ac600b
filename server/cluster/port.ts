/** What several servers have to agree on. A server that is alone knows it by itself: `local-*.ts`. */

/** Who has a room. */
export type Owner = { ours: true } | { ours: false /** URL under which people reach that server. */; address: string };

/**
 * Which server has a room: the media of one room meet on one. What one server asks takes effect in the order in which
 * it asks. Rejects with RequestError `unavailable` where the others cannot be asked; whoever joins is told that.
 */
export interface Directory {
  /** Takes a room for this server, until it is released or this server is gone. False: another has it. */
  claim(room: string): Promise<boolean>;
  /** Undefined: no server has it. */
  owner(room: string): Promise<Owner | undefined>;
  /** Lets go of a room; of one that is not ours, nothing happens. Never rejects: what is not heard of again, lapses. */
  release(room: string): Promise<void>;
}

/** A token bucket: `perMinute` on average, up to `burst` at once. */
export interface Rate {
  perMinute: number;
  burst: number;
}

/** What each of many callers has left of a rate. A caller is named by a key of any form. */
export interface Counter {
  /**
   * Takes so much (1) of what a caller has left, if there is so much: undefined then, and otherwise how long until there
   * is, ms, with nothing taken.
   */
  take(key: string, much?: number): number | undefined;
  /** Whether a caller has less than 1 left; takes nothing. */
  isSpent(key: string): boolean;
}

/**
 * Counts who comes how often. Everything that comes in waits for it, so that it answers at once: what several servers
 * count together is told among them afterwards, and each may let a little more through meanwhile.
 */
export interface Counters {
  /**
   * What callers have of one thing, and at which rate; by the same name it is the same, with the rate it had first. [C2] So many
   * callers are remembered as memory allows; past that the longest silent one is forgotten.
   */
  of(name: string, rate: Rate): Counter;
}
