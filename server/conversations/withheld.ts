import type { LogEntry } from '../../protocol/conversation.ts';
import type { Seat } from '../rooms/room.ts';

/** In a call that goes on: people who took what is theirs out of it. Nothing more of them is taken down. */
export class Withheld {
  readonly #persons: ReadonlySet<string>;
  readonly #identities: Set<string>;
  readonly #turns: Set<string>;

  private constructor(persons: Iterable<string>, identities: Iterable<string>, turns: Iterable<string>) {
    this.#persons = new Set(persons);
    this.#identities = new Set(identities);
    this.#turns = new Set(turns);
  }

  static readonly nobody = (): Withheld => new Withheld([], [], []);

  /** With one more, who was in the room as these, and may have said some of this. */
  with(person: string, identities: Iterable<string>, said: readonly LogEntry[]): Withheld {
    const withheld = new Withheld([...this.#persons, person], [...this.#identities, ...identities], this.#turns);
    for (const entry of said) withheld.isTheirs(entry);
    return withheld;
  }

  /** Whether this is one of them. */
  has({ admission: { person, identity } }: Seat): boolean {
    if (person === undefined || !this.#persons.has(person)) return false;
    this.#identities.add(identity);
    return true;
  }

  /** Whether they have said it, or it answers them. */
  isTheirs({ speaker, role, turnId }: LogEntry): boolean {
    if (this.#identities.has(speaker)) {
      this.#turns.add(turnId);
      return true;
    }
    return role === 'avatar' && this.#turns.has(turnId);
  }

  isTurn(turnId: string): boolean {
    return this.#turns.has(turnId);
  }
  isIdentity(identity: string): boolean {
    return this.#identities.has(identity);
  }
}
