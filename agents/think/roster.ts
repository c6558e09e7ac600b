import { createHash } from 'node:crypto';

/** Digits of an id, and how many more where two people would have the same. */
const ID_DIGITS = 6;

/**
 * Words of people as data: one line of JSON, which nothing around it can be taken for, nor it for anything around it.
 * What models take for the marks of a message is written in code, too.
 */
export const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>\u007f-\u009f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * What a prompt calls people: ids that are made of who they are, the same in every prompt. Names are what somebody
 * calls themself; they stand in a table, quoted.
 */
export class Roster {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** @param people what is known first of a person's name counts */
  constructor(people: Iterable<{ identity: string; name: string }>) {
    for (const { identity, name } of people) {
      const id = this.id(identity);
      if (!this.#names.has(id)) this.#names.set(id, name);
    }
  }

  id(identity: string): string {
    const known = this.#ids.get(identity);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(identity).digest('hex');
    const taken = new Set(this.#ids.values());
    let digits = ID_DIGITS;
    while (taken.has(`p${digest.slice(0, digits)}`)) digits++;
    const id = `p${digest.slice(0, digits)}`;
    this.#ids.set(identity, id);
    return id;
  }

  /** What somebody said. */
  line({ speaker, text }: { speaker: string; text: string }): string {
    return `${this.id(speaker)}: ${quoted(text)}`;
  }

  /** Ids and names; undefined where nobody is there. */
  table(): string | undefined {
    if (this.#names.size === 0) return undefined;
    return `{${[...this.#names].map(([id, name]) => `"${id}": ${quoted(name)}`).join(', ')}}`;
  }
}
