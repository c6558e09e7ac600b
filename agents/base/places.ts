import type { Clock } from './clock.ts';
import { ProviderError } from './errors.ts';

/** Who goes first: who has spoken; who may have, and is answered in secret; notes that nobody waits for. */
export const RANKS = ['certain', 'maybe', 'notes'] as const;
export type Rank = (typeof RANKS)[number];

export interface PlacesOptions {
  /** Questions that are answered at once. */
  places: number;
  clock: Clock;
  /** Told how long each waited that got its place. */
  waited?(rank: Rank, ms: number): void;
}

export interface Claim {
  rank: Rank;
  /** Whose question it is. */
  who: unknown;
  /** Longer it does not wait, ms. */
  waitMs: number;
  signal: AbortSignal;
}

/** A place that somebody waits for, or has. */
export interface Place {
  /** Resolves when it is theirs. Rejects with ProviderError (`quota`: too many wait, or it took too long), or the signal's reason. */
  readonly taken: Promise<void>;
  /** It is wanted more than was said at first. */
  raise(rank: Rank): void;
  /** It is not wanted any more, be it taken or still waited for. Calling it off does the same. */
  free(): void;
}

interface Waiting extends Claim {
  seq: number;
  sinceMs: number;
  enter(): void;
  refuse(error: ProviderError): void;
}

/** So many wait for each place at most [C2]. */
const WAITING_PER_PLACE = 8;
/** Of one person at once, where others want some, too. */
const PER_PERSON = 2;

/**
 * The queue before something that answers so many questions at once and no more. Who has spoken goes before who may have,
 * and both before notes, which leave the last place free where there are several; among equals who has fewest places, then
 * who came first. Nobody who has a place loses it to another.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #perPerson: number;
  readonly #waiting: Waiting[] = [];
  /** Places that each has. */
  readonly #held = new Map<unknown, number>();
  #running = 0;
  #seq = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.#perPerson = Math.min(PER_PERSON, options.places);
  }

  /** How many wait, by rank. */
  waiting(rank: Rank): number {
    return this.#waiting.filter(each => each.rank === rank).length;
  }

  take(claim: Claim): Place {
    const { clock, waited } = this.#options;
    const taken = Promise.withResolvers<void>();
    // It may be over before anybody looks.
    taken.promise.catch(() => {});
    let state: 'waiting' | 'taken' | 'over' = 'waiting';
    const sinceMs = clock.nowMs();
    const over = (act: () => void) => {
      if (state === 'over') return;
      const had = state === 'taken';
      state = 'over';
      cancel();
      claim.signal.removeEventListener('abort', calledOff);
      if (had) this.#leave(claim.who);
      else {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        act();
      }
      this.#serve();
    };
    const waiting: Waiting = {
      ...claim,
      seq: this.#seq++,
      sinceMs,
      enter: () => {
        state = 'taken';
        cancel();
        waited?.(waiting.rank, clock.nowMs() - sinceMs);
        taken.resolve();
      },
      refuse: error => over(() => taken.reject(error)),
    };
    const calledOff = () => over(() => taken.reject(claim.signal.reason));
    const cancel = clock.after(claim.waitMs, () => waiting.refuse(busy()));
    claim.signal.addEventListener('abort', calledOff, { once: true });
    this.#waiting.push(waiting);
    if (claim.signal.aborted) calledOff();
    this.#serve();
    this.#bound();
    return {
      taken: taken.promise,
      raise: rank => {
        if (RANKS.indexOf(rank) < RANKS.indexOf(waiting.rank)) waiting.rank = rank;
        this.#serve();
      },
      free: () => over(() => taken.reject(busy())),
    };
  }

  #serve(): void {
    while (this.#running < this.#options.places) {
      const next = this.#waiting.filter(each => this.#mayEnter(each)).toSorted((a, b) => this.#order(a, b))[0];
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#running += 1;
      this.#held.set(next.who, this.#heldBy(next.who) + 1);
      next.enter();
    }
  }

  /** Who wants it least goes, the last to come first. */
  #bound(): void {
    if (this.#waiting.length <= this.#options.places * WAITING_PER_PLACE) return;
    this.#waiting.toSorted((a, b) => this.#order(b, a))[0]?.refuse(busy());
  }

  #mayEnter({ rank, who }: Waiting): boolean {
    const { places } = this.#options;
    if (this.#heldBy(who) >= this.#perPerson) return false;
    return rank !== 'notes' || places === 1 || this.#running < places - 1;
  }

  #order(a: Waiting, b: Waiting): number {
    return RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || this.#heldBy(a.who) - this.#heldBy(b.who) || a.seq - b.seq;
  }

  #heldBy(who: unknown): number {
    return this.#held.get(who) ?? 0;
  }

  #leave(who: unknown): void {
    this.#running -= 1;
    const left = this.#heldBy(who) - 1;
    if (left > 0) this.#held.set(who, left);
    else this.#held.delete(who);
  }
}

const busy = () => new ProviderError('quota', 'it has as much to do as it can', { retryable: true });
