import type { LogEntry } from '../../protocol/conversation.ts';

/** Entries kept for people who join later and for an agent that takes over; turns whose deletion is remembered [C2]. */
const MAX_LOG = 500;

/** What was said in a room, oldest first. */
export class RoomLog {
  readonly #entries: Map<string, LogEntry>;
  /** Turns that were deleted. */
  readonly #struck = new Set<string>();

  constructor(entries: readonly LogEntry[] = []) {
    this.#entries = new Map(entries.map(entry => [entry.id, entry]));
  }

  get all(): LogEntry[] {
    return [...this.#entries.values()];
  }

  get(id: string): LogEntry | undefined {
    return this.#entries.get(id);
  }

  put(entry: LogEntry): void {
    this.#entries.set(entry.id, entry);
    if (this.#entries.size > MAX_LOG) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  /** Takes out what was deleted, and whatever is still to come of those turns; ids of what was there. */
  strike(entryIds: ReadonlySet<string>): string[] {
    // What somebody is just saying is not over yet.
    const struck = this.all.filter(({ id, role, final }) => entryIds.has(id) && (final || role === 'avatar'));
    for (const { id, turnId } of struck) {
      this.#entries.delete(id);
      this.#struck.add(turnId);
      if (this.#struck.size > MAX_LOG) this.#struck.delete(this.#struck.values().next().value as string);
    }
    return struck.map(({ id }) => id);
  }

  isStruck(turnId: string): boolean {
    return this.#struck.has(turnId);
  }
}
