import { RequestError } from '../../protocol/errors.ts';
import type { Notice } from '../../protocol/signaling.ts';
import type { Admission } from '../auth/tokens.ts';
import { earsOf } from './returning.ts';
import type { Notify } from './room-parts.ts';

/** Who may wait at a time, and how many who were here are known again [C2]. */
const MAX = { waiting: 20, known: 1000 };

interface Waiting {
  name: string;
  notify: Notify;
}

/** Who may come in: anybody, nobody new, or whom a host lets in. What hosts decide holds for as long as the room lasts. */
export class Door {
  locked = false;
  waitingRoom = false;
  /** Who was removed, by identity, and by person where that is known. */
  readonly #barred = new Set<string>();
  /** Identities that were here, or were let in: they are nobody new. */
  readonly #known = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #changed: () => void;

  /** @param changed somebody waits, or does no longer */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Who waits, the first first. */
  get waiting(): { identity: string; name: string }[] {
    return [...this.#waiting].map(([identity, { name }]) => ({ identity, name }));
  }

  /** Throws `forbidden` for who was removed, `locked`, or `waiting`: then `notify` hears when they are let in. */
  pass(admission: Admission, notify: Notify): void {
    const { identity, name } = admission;
    if (earsOf(admission).some(each => this.#barred.has(each)))
      throw new RequestError('forbidden', 'A host has removed you from this room.');
    if (admission.host === true || this.#known.has(identity) || !(this.locked || this.waitingRoom)) {
      this.#enter(identity);
      return;
    }
    if (this.locked) throw new RequestError('locked', 'This room is locked: ask somebody inside to open it.');
    if (!this.#waiting.has(identity) && this.#waiting.size >= MAX.waiting)
      throw new RequestError('room-full', 'Many people wait for this room already. Please try again later.', {
        retryable: true,
      });
    this.#waiting.set(identity, { name, notify });
    this.#changed();
    throw new RequestError('waiting', 'Somebody inside has to let you in. Please wait a moment.', { retryable: true });
  }

  #enter(identity: string): void {
    this.#known.delete(identity);
    this.#known.add(identity);
    if (this.#known.size > MAX.known) this.#known.delete(this.#known.values().next().value as string);
    if (this.#waiting.delete(identity)) this.#changed();
  }

  /** One who waits may come in, or is sent away for good. False: they wait no longer. */
  decide(identity: string, admitted: boolean): boolean {
    const waiting = this.#waiting.get(identity);
    if (waiting === undefined) return false;
    if (admitted) {
      this.#enter(identity);
      waiting.notify('admitted', {});
    } else {
      this.#waiting.delete(identity);
      this.#barred.add(`identity ${identity}`);
      waiting.notify('room.closed', { ...REMOVED, message: 'A host has not let you in.' });
      this.#changed();
    }
    return true;
  }

  /** Nobody has to wait any more. */
  openWaitingRoom(): void {
    this.waitingRoom = false;
    for (const { identity } of this.waiting) this.decide(identity, true);
  }

  /** They do not come back while the room lasts. */
  bar(admission: Admission): void {
    this.#known.delete(admission.identity);
    for (const each of earsOf(admission)) this.#barred.add(each);
  }

  /** Whoever waited on this connection does so no longer. */
  gone(notify: Notify): void {
    for (const [identity, waiting] of this.#waiting)
      if (waiting.notify === notify && this.#waiting.delete(identity)) this.#changed();
  }

  /** There is no room any more: those who wait are told. */
  close(notice: Notice<'room.closed'>): void {
    for (const { notify } of this.#waiting.values()) notify('room.closed', notice);
    this.#waiting.clear();
  }
}

/** What who is removed is told. */
export const REMOVED = { reason: 'removed', retryable: false } as const;
