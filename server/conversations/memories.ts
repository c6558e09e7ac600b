import type { MemoryChange } from '../../protocol/conversations.ts';
import type { Memory } from '../../protocol/memory.ts';
import type { MemoriesNow } from '../rooms/kept.ts';
import type { Database } from '../store/database.ts';
import { deleteMemories } from '../store/erase.ts';
import { changeMemory, factOf, memoriesOf } from '../store/memories.ts';

export interface MemoriesOptions {
  database: Pick<Database, 'db'>;
  /** Resolves when everything learned so far can be read. Throws `unavailable`. */
  settled(): Promise<void>;
  /** Told before a person's memories change, and afterwards what they are now. */
  changing(person: string): void;
  changed(person: string, now: MemoriesNow): void;
  /** Takes deleted rows out of the files. */
  gone(): Promise<void>;
}

/** What people correct and erase of what is remembered of them, and that it holds in the calls that go on. */
export class Memories {
  readonly #options: MemoriesOptions;

  constructor(options: MemoriesOptions) {
    this.#options = options;
  }

  /** Undefined when nothing of theirs has this id. */
  correct(person: string, id: string, change: MemoryChange): Promise<Memory | undefined> {
    const corrected = (memory: Memory) => (memory.id === id ? { ...memory, ...change } : memory);
    return this.#change(person, corrected, () => changeMemory(this.#options.database.db, person, id, change));
  }

  /** One of theirs, or all; how many there were. */
  async forget(person: string, id?: string): Promise<number> {
    const { database, gone } = this.#options;
    const left = (memory: Memory) => (id === undefined || memory.id === id ? undefined : memory);
    const count = await this.#change(person, left, () => deleteMemories(database.db, person, id));
    if (count > 0) await gone();
    return count;
  }

  /** All of theirs are deleted by `act`. */
  changeAll<T>(person: string, act: () => Promise<T>): Promise<T> {
    return this.#change(person, () => undefined, act);
  }

  /** @param revise what becomes of each: itself, another, or undefined where it is gone */
  async #change<T>(person: string, revise: (memory: Memory) => Memory | undefined, act: () => Promise<T>): Promise<T> {
    const { database, settled, changing, changed } = this.#options;
    await settled();
    const before = await memoriesOf(database.db, person);
    const revised = before.filter(memory => revise(memory) !== memory);
    if (revised.length === 0) return act();
    // What agents have told until now is in the database when it changes; what they tell from now on comes too late.
    changing(person);
    let now: MemoriesNow = { memories: before.map(factOf), turns: [] };
    try {
      await settled();
      const done = await act();
      const memories = before.flatMap(memory => revise(memory) ?? []).map(factOf);
      now = { memories, turns: [...new Set(revised.flatMap(({ turnId }) => turnId ?? []))] };
      return done;
    } finally {
      changed(person, now);
    }
  }
}
