import type { LogEntry } from '../../protocol/conversation.ts';
import { LOG_PAGE } from '../../protocol/signaling.ts';
import type { Admission } from '../auth/tokens.ts';
import { earsOf } from './returning.ts';

/** Entries kept for people who join later and for an agent that takes over [C2]. */
const MAX_LOG = 500;
/** Entries and turns whose deletion is remembered [C2]. */
const MAX_STRUCK = 2 * MAX_LOG;
/** Of all of their texts together, UTF-16 code units [C2]. */
const MAX_LENGTH = 1_000_000;

/** An entry, and who was there when it began: {@link earsOf} all of them. */
export interface Heard {
  entry: LogEntry;
  by: ReadonlySet<string>;
}

type Reader = Pick<Admission, 'identity' | 'person'>;

/** As one person may see it: how somebody feels is told to nobody but them. */
export function entryFor({ identity }: Reader, entry: LogEntry): LogEntry {
  if (entry.feeling === undefined || entry.speaker === identity) return entry;
  const { feeling: _, ...seen } = entry;
  return seen;
}

/** What was said in a room, oldest first, and who was there to hear it. */
export class RoomLog {
  #entries: Map<string, Heard>;
  readonly #openToAll: boolean;
  #length = 0;
  /** Entries that newer ones have pushed out, the latest of them. */
  readonly #pushedOut = new Set<string>();
  /** Ids of what was deleted, and of the turns it was in. */
  readonly #struck = new Set<string>();

  /** @param openToAll who comes later may read what was said before */
  constructor(entries: readonly Heard[] = [], openToAll = false) {
    this.#openToAll = openToAll;
    this.#entries = new Map();
    this.restore(entries);
  }

  get all(): LogEntry[] {
    return this.heard.map(({ entry }) => entry);
  }
  get heard(): Heard[] {
    return [...this.#entries.values()];
  }

  get(id: string): LogEntry | undefined {
    return this.#entries.get(id)?.entry;
  }

  /**
   * @param by who is there to hear it, if it begins now
   * @returns false for one that was pushed out before
   */
  put(entry: LogEntry, by: ReadonlySet<string>): boolean {
    if (this.#pushedOut.has(entry.id)) return false;
    const known = this.#entries.get(entry.id);
    this.#length += entry.text.length - (known?.entry.text.length ?? 0);
    this.#entries.set(entry.id, { entry, by: known?.by ?? by });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_LOG && this.#length <= MAX_LENGTH) break;
      this.remove(oldest);
      this.#pushedOut.add(oldest);
      if (this.#pushedOut.size > MAX_LOG) this.#pushedOut.delete(this.#pushedOut.values().next().value as string);
    }
    return true;
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    this.#length -= this.get(id)?.text.length ?? 0;
    return this.#entries.delete(id);
  }

  /** What was said before the rest: it goes where it belongs. */
  restore(entries: readonly Heard[]): void {
    const since = this.#entries;
    this.#entries = new Map();
    this.#length = 0;
    for (const { entry, by } of [...entries, ...since.values()]) this.put(entry, by);
  }

  /** Whether this person may see it: their own words, and what began while they were there. */
  isFor({ admission }: { admission: Reader & Pick<Admission, 'canSubscribe'> }, { entry, by }: Heard): boolean {
    return (
      entry.speaker === admission.identity ||
      (admission.canSubscribe && (this.#openToAll || earsOf(admission).some(ear => by.has(ear))))
    );
  }

  /** The same of an entry's id, or of a turn: of one of its entries, or where nothing of it is in the log. */
  mayKnow(seat: Parameters<RoomLog['isFor']>[0], is: { id: string } | { turnId: string }): boolean {
    if ('id' in is) {
      const heard = this.#entries.get(is.id);
      return heard !== undefined && this.isFor(seat, heard);
    }
    const ofTurn = this.heard.filter(({ entry }) => entry.turnId === is.turnId);
    return ofTurn.length === 0 ? seat.admission.canSubscribe : ofTurn.some(heard => this.isFor(seat, heard));
  }

  /** Ids of what this person may see. */
  seenBy(seat: Parameters<RoomLog['isFor']>[0]): Set<string> {
    return new Set(this.heard.filter(heard => this.isFor(seat, heard)).map(({ entry }) => entry.id));
  }

  /** The latest that this person may see, before an entry or of all; `earlier`: there is more before these. */
  page(
    seat: Parameters<RoomLog['isFor']>[0],
    { before, limit = LOG_PAGE.entries }: { before?: string; limit?: number } = {},
  ): { entries: LogEntry[]; earlier: boolean } {
    const all = this.heard;
    const end = before === undefined ? all.length : all.findIndex(({ entry }) => entry.id === before);
    const seen = all.slice(0, Math.max(0, end)).filter(heard => this.isFor(seat, heard));
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const { entry } of seen.toReversed().slice(0, limit)) {
      const shown = entryFor(seat.admission, entry);
      bytes += Buffer.byteLength(JSON.stringify(shown));
      if (bytes > LOG_PAGE.bytes && entries.length > 0) break;
      entries.unshift(shown);
    }
    return { entries, earlier: entries.length < seen.length };
  }

  /** Takes out what was deleted, and whatever is still to come of those turns; ids of what was there. */
  strike(entryIds: ReadonlySet<string>): string[] {
    // What somebody is just saying is not over yet.
    const struck = this.all.filter(({ id, role, final }) => entryIds.has(id) && (final || role === 'avatar'));
    for (const { id, turnId } of struck) {
      this.remove(id);
      for (const each of [id, turnId]) this.#struck.add(each);
    }
    for (const oldest of this.#struck) {
      if (this.#struck.size <= MAX_STRUCK) break;
      this.#struck.delete(oldest);
    }
    return struck.map(({ id }) => id);
  }

  /** Whether this was deleted, or is of a turn that was; not what answers something else, too, that was not. */
  isStruck({ id, turnId, answers }: LogEntry): boolean {
    if (answers === undefined) return this.#struck.has(turnId);
    return this.#struck.has(id) || (answers.length > 0 && answers.every(each => this.#struck.has(each)));
  }

  /** Whether a turn was deleted, and nothing of its answer is left. */
  isTurnStruck(turnId: string): boolean {
    return this.#struck.has(turnId) && !this.all.some(each => each.role === 'avatar' && each.turnId === turnId);
  }
}
