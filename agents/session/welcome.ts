import type { Clock } from '../base/clock.ts';
import type { Persona } from '../think/ports.ts';

/** Who has just come gets so long until sound and picture are there. */
export const SETTLE_MS = 1500;
/** Nobody has had the floor for so long: a welcome does not come between two sentences. */
export const QUIET_MS = 1200;
/** After so long it fits no more. */
export const TOO_LATE_MS = 30_000;

/** What is said to who comes later, by language; in others nothing, unless the persona says it. */
const WELCOMES: Readonly<Record<string, string>> = {
  en: 'Hello {names}.',
  de: 'Hallo {names}.',
  es: 'Hola, {names}.',
  fr: 'Bonjour {names}.',
  it: 'Ciao {names}.',
  nl: 'Hallo {names}.',
  pl: 'Cześć, {names}.',
  pt: 'Olá, {names}.',
  ru: 'Здравствуйте, {names}.',
  sv: 'Hej {names}.',
  tr: 'Merhaba {names}.',
};

/** The welcome for these people; undefined where the persona has none. */
export function welcomeFor({ welcome, language = 'en' }: Persona, names: readonly string[]): string | undefined {
  const text = welcome ?? WELCOMES[language.split('-', 1)[0]!];
  if (text === undefined || text === false) return undefined;
  return text.replaceAll('{names}', new Intl.ListFormat(language, { type: 'conjunction' }).format(names));
}

/**
 * Who came in the middle of a conversation and has not been greeted: all of them at once, when nobody speaks; whoever
 * speaks first needs no greeting. A floor is asked for; nothing is ever interrupted.
 */
export class Welcome {
  readonly #clock: Clock;
  readonly #events: { isFree(): boolean; welcome(names: readonly string[]): void };
  readonly #waiting = new Map<string, { name: string; sinceMs: number }>();
  #freeSinceMs: number | undefined;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, events: { isFree(): boolean; welcome(names: readonly string[]): void }) {
    this.#clock = clock;
    this.#events = events;
  }

  came(identity: string, name: string): void {
    this.#waiting.set(identity, { name, sinceMs: this.#clock.nowMs() });
    this.#arm(SETTLE_MS);
  }

  /** They have left, or have said something themselves. */
  drop(identity: string): void {
    this.#waiting.delete(identity);
  }

  /** Somebody has the floor. */
  taken(): void {
    this.#freeSinceMs = undefined;
  }

  close(): void {
    this.#stop?.();
    this.#waiting.clear();
  }

  #arm(ms: number): void {
    this.#stop?.();
    this.#stop = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.#stop = undefined;
    const now = this.#clock.nowMs();
    for (const [identity, { sinceMs }] of this.#waiting)
      if (now - sinceMs > TOO_LATE_MS) this.#waiting.delete(identity);
    if (this.#waiting.size === 0) {
      this.#freeSinceMs = undefined;
      return;
    }
    if (!this.#events.isFree()) this.#freeSinceMs = undefined;
    else this.#freeSinceMs ??= now;
    const quietMs = this.#freeSinceMs === undefined ? 0 : now - this.#freeSinceMs;
    if (quietMs < QUIET_MS) {
      this.#arm(QUIET_MS - quietMs);
      return;
    }
    const names = [...this.#waiting.values()].map(({ name }) => name);
    this.#waiting.clear();
    this.#freeSinceMs = undefined;
    this.#events.welcome(names);
  }
}
