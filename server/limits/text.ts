import type { Gate, Gates } from './gate.ts';

const MINUTES_PER_DAY = 1440;
/** What an entry costs beside its words. */
const ENTRY_BYTES = 100;

/** How much may be said in one room. What is typed does not use up what may be spoken. */
export interface RoomText {
  /** Counts a typed message. Throws `rate-limited`. */
  typed(text: string): void;
  /** Counts what an agent host says: an entry that begins, grows or ends, or where a turn's time went. False: too much. */
  spoken(bytes: number, begins?: boolean): boolean;
}

/** The share of each room, by name: a room that is opened again has no new one. */
export class RoomTexts {
  readonly #typed: Gate;
  readonly #spoken: Gate;

  /** @param bytesPerDay in any day, typed and spoken together; half of it at once, the rest comes with time */
  constructor(bytesPerDay: number, gates: Gates) {
    const share = (surface: 'signaling' | 'agents') =>
      gates.gate({
        name: `text of a room by ${surface}`,
        scope: 'room',
        surface,
        perMinute: bytesPerDay / 4 / MINUTES_PER_DAY,
        burst: bytesPerDay / 4,
        message: 'So much has been written in this room that it has to pause for a while.',
      });
    this.#typed = share('signaling');
    this.#spoken = share('agents');
  }

  readonly of = (room: string): RoomText => ({
    typed: text => this.#typed.pass(room, ENTRY_BYTES + Buffer.byteLength(text)),
    spoken: (bytes, begins = true) => this.#spoken.count(room, Math.max(0, bytes) + (begins ? ENTRY_BYTES : 0)),
  });
}
