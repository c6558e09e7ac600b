import type { JobPerson, Microphone, SightSource, SightTrack } from '../../protocol/agents.ts';
import type { AgentState, LogEntry } from '../../protocol/conversation.ts';
import type { Consent, Feeling } from '../../protocol/feelings.ts';
import type { Progress } from '../perform/port.ts';
import type { Remembered } from '../session/recollection.ts';
import type { Accounted } from '../session/trace.ts';
import type { Exchange } from '../think/ports.ts';

/** One of those who make up a job. Each is told every event once; it listens to those that concern it. */
export interface Guest {
  // what the server says
  /** Where the other side of the line is. */
  connect?(ip: string, port: number): void;
  joined?(person: JobPerson): void;
  left?(identity: string): void;
  /** What a person lets be noticed of them: it holds from this moment on, whatever is on its way. */
  consent?(identity: string, consent: Consent): void;
  /** Whether everybody who watches wants little movement. */
  motion?(reduced: boolean): void;
  /** The avatar is to stop what it says. */
  hush?(): void;
  listen?(identity: string, name: string, microphone: Microphone): void;
  unlisten?(identity: string): void;
  /** A person's camera or shared screen. */
  see?(picture: SightTrack): void;
  unsee?(identity: string, source: SightSource): void;
  /** A typed message. */
  typed?(entry: LogEntry): void;
  /** Which conversation goes on: recordings belong to one. */
  conversation?(id: string | undefined): void;
  /** Somebody has erased or corrected what is remembered of them. */
  remembered?(identity: string, memories: Remembered): void;
  /** These entries of the log were deleted. */
  strike?(entryIds: ReadonlySet<string>): void;
  /** How many watch, and what the slowest of them can take, bit/s. */
  viewers?(count: number, bitrate: number): void;
  // what the line brings
  /** 20 ms of a person's voice, 16 kHz mono. Lent: whoever keeps it comes last. */
  hear?(identity: string, pcm: Int16Array, audible: boolean): void;
  /** One encoded frame of a camera or screen. */
  saw?(identity: string, source: SightSource, frame: Uint8Array): void;
  progress?(progress: Progress): void;
  shown?(turnId: string): void;
  // what the job itself finds out
  /** Somebody can hear and see now. */
  greet?(name: string): void;
  /** How a person feels; null when nothing is sensed any more. */
  felt?(identity: string, feeling: Feeling | null): void;
  // what the session says
  log?(entry: LogEntry): void;
  unlog?(entryId: string): void;
  state?(state: AgentState): void;
  /** @param history what was said and heard so far, this turn included */
  timed?(turn: Accounted, history: readonly Exchange[]): void;
  /** Leaves nothing behind [C1]. */
  close?(): Promise<void> | void;
}

export type GuestEvent = Exclude<keyof Guest, 'close'>;
export type About<E extends GuestEvent> = Parameters<NonNullable<Guest[E]>>;

/**
 * Those who make up a job, in the order in which they are told: who passes something on or takes it down, before who acts
 * on it. They are closed the other way round, so that nobody acts any more while the others end.
 */
export class Cast {
  readonly #guests: readonly Guest[];

  constructor(guests: readonly Guest[]) {
    this.#guests = guests;
  }

  tell<E extends GuestEvent>(what: E, ...about: About<E>): void {
    for (const guest of this.#guests) (guest[what] as ((...about: About<E>) => void) | undefined)?.apply(guest, about);
  }

  async close(): Promise<void> {
    await Promise.all(this.#guests.toReversed().map(async guest => guest.close?.()));
  }
}
