import { RequestError } from '../../protocol/errors.ts';
import type { LimitMetrics } from '../metrics/limits.ts';
import { RateLimit } from './rate-limit.ts';

const SECONDS_PER_DAY = 86_400;
/** [C2] Rooms whose share is remembered; past that the longest silent one is forgotten. */
const MAX_ROOMS = 10_000;
/** What an entry costs beside its words. */
const ENTRY_BYTES = 100;

/** How much may be said in one room. What is typed does not use up what may be spoken. */
export class RoomText {
  readonly #typed: RateLimit;
  readonly #spoken: RateLimit;
  readonly #metrics: LimitMetrics | undefined;

  /** @param bytesPerDay in any day, typed and spoken together; half of it at once, the rest comes with time */
  constructor(bytesPerDay: number, metrics?: LimitMetrics) {
    const quarter = bytesPerDay / 4;
    const share = () => new RateLimit(quarter / SECONDS_PER_DAY, quarter, performance.now());
    this.#typed = share();
    this.#spoken = share();
    this.#metrics = metrics;
  }

  /** Counts a typed message. Throws `rate-limited`. */
  typed(text: string): void {
    if (this.#typed.take(performance.now(), ENTRY_BYTES + Buffer.byteLength(text))) return;
    this.#metrics?.refused({ scope: 'room', surface: 'signaling' });
    throw new RequestError('rate-limited', 'So much has been written in this room that it has to pause for a while.', {
      retryable: true,
      retryAfterMs: this.#typed.waitMs,
    });
  }

  /** Counts what an agent host says: an entry that begins, grows or ends, or where a turn's time went. False: too much. */
  spoken(bytes: number, begins = true): boolean {
    if (this.#spoken.take(performance.now(), Math.max(0, bytes) + (begins ? ENTRY_BYTES : 0))) return true;
    this.#metrics?.refused({ scope: 'room', surface: 'agents' });
    return false;
  }
}

/** The share of each room, by name: a room that is opened again has no new one. */
export class RoomTexts {
  readonly #bytesPerDay: number;
  readonly #metrics: LimitMetrics;
  readonly #rooms = new Map<string, RoomText>();

  constructor(bytesPerDay: number, metrics: LimitMetrics) {
    this.#bytesPerDay = bytesPerDay;
    this.#metrics = metrics;
  }

  readonly of = (room: string): RoomText => {
    const text = this.#rooms.get(room) ?? new RoomText(this.#bytesPerDay, this.#metrics);
    this.#rooms.delete(room);
    this.#rooms.set(room, text);
    if (this.#rooms.size > MAX_ROOMS) this.#rooms.delete(this.#rooms.keys().next().value as string);
    return text;
  };
}
