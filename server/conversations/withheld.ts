import type { LogEntry } from '../../protocol/conversation.ts';
import { calls, mentioning } from '../../protocol/mentions.ts';
import type { Room, Seat } from '../rooms/room.ts';

/** In a call that goes on: people who took what is theirs out of it. Nothing more of them is taken down. */
export class Withheld {
  readonly #persons: ReadonlySet<string>;
  readonly #identities = new Set<string>();
  readonly #turns = new Set<string>();
  readonly #names = new Set<string>();
  #mentions: (text: string) => boolean = () => false;

  constructor(persons: Iterable<string> = []) {
    this.#persons = new Set(persons);
  }

  /** With one more, who may be in the room and may have said something in it. */
  with(person: string, room: Room): Withheld {
    const withheld = new Withheld([...this.#persons, person]);
    for (const identity of this.#identities) withheld.#identities.add(identity);
    for (const name of this.#names) withheld.#names.add(name);
    for (const seat of room.seats.values()) withheld.has(seat);
    for (const entry of room.history) withheld.isTheirs(entry);
    return withheld;
  }

  /** Whether this is one of them. */
  has({ admission, name }: Seat): boolean {
    const { person, identity } = admission;
    if (person === undefined || !this.#persons.has(person)) return false;
    this.#identities.add(identity);
    for (const each of [...calls(name), ...calls(admission.name)]) this.#names.add(each);
    this.#mentions = mentioning(this.#names);
    return true;
  }

  /** Whether they have said it, or it answers them or calls them by name. */
  isTheirs({ speaker, role, turnId, text }: LogEntry): boolean {
    if (this.#identities.has(speaker)) {
      this.#turns.add(turnId);
      return true;
    }
    return role === 'avatar' && (this.#turns.has(turnId) || this.#mentions(text));
  }

  isTurn(turnId: string): boolean {
    return this.#turns.has(turnId);
  }
  isIdentity(identity: string): boolean {
    return this.#identities.has(identity);
  }
}
