import type { LogEntry } from '../../protocol/conversation.ts';
import type { Seat } from '../rooms/room.ts';

/** In a call that goes on: people who took what is theirs out of it. Nothing more of them is taken down. */
export class Withheld {
  readonly #persons: ReadonlySet<string>;
  readonly #identities: Set<string>;
  /** Ids of what they said. */
  readonly #entries: Set<string>;
  readonly #turns: Set<string>;

  private constructor(
    persons: Iterable<string>,
    identities: Iterable<string>,
    entries: Iterable<string>,
    turns: Iterable<string>,
  ) {
    this.#persons = new Set(persons);
    this.#identities = new Set(identities);
    this.#entries = new Set(entries);
    this.#turns = new Set(turns);
  }

  static readonly nobody = (): Withheld => new Withheld([], [], [], []);

  /** With one more, who was in the room as these, and may have said some of this. */
  with(person: string, identities: Iterable<string>, said: readonly LogEntry[]): Withheld {
    const withheld = new Withheld(
      [...this.#persons, person],
      [...this.#identities, ...identities],
      this.#entries,
      this.#turns,
    );
    for (const entry of said) withheld.isTheirs(entry);
    return withheld;
  }

  /** Whether this is one of them. */
  has({ admission: { person, identity } }: Seat): boolean {
    if (person === undefined || !this.#persons.has(person)) return false;
    this.#identities.add(identity);
    return true;
  }

  /** Whether they have said it, or it answers them and nobody else. */
  isTheirs({ id, speaker, role, turnId, answers }: LogEntry): boolean {
    if (this.#identities.has(speaker)) {
      this.#entries.add(id);
      this.#turns.add(turnId);
      return true;
    }
    if (role !== 'avatar') return false;
    if (answers === undefined) return this.#turns.has(turnId);
    const theirs = answers.length > 0 && answers.every(each => this.#entries.has(each));
    // The turn may have the name of what another said, or of nothing.
    if (theirs) this.#turns.add(turnId);
    else this.#turns.delete(turnId);
    return theirs;
  }

  isTurn(turnId: string): boolean {
    return this.#turns.has(turnId);
  }
  isIdentity(identity: string): boolean {
    return this.#identities.has(identity);
  }
}
