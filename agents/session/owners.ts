/**
 * Whose memories are whose, where several people use one browser: they have one identity, and go by the names that they
 * come with. Who was remembered first owns the memories as they are; those of others have their name in the key.
 */
import { type Fact, MEMORY_LIMITS } from '../../protocol/memory.ts';

/** The fact that says who was remembered first. Kept like any other; no dialogue is told of it. */
const OWNER = 'owner';
const OTHERS = /^of_([a-z0-9]{1,16})__/;
const KEY_LENGTH = 64;

/** A name as far as it tells people apart: "Maria", "maria", and "Maria S." are one. */
function slugOf(name: string): string {
  const first = name.trim().toLowerCase().normalize('NFKD').split(/\s/)[0] ?? '';
  const letters = first.replaceAll(/[^a-z0-9]/g, '');
  // Other scripts: by their letters' numbers.
  const slug = letters || [...first].map(letter => letter.codePointAt(0)!.toString(36)).join('');
  return slug.slice(0, 16);
}

export const isSameName = (one: string, other: string): boolean => slugOf(one) === slugOf(other);

/** Who owns these memories; undefined where nobody was remembered yet, or before it was kept whose they are. */
export const ownerOf = (memories: readonly Fact[]): string | undefined =>
  memories.find(({ key }) => key === OWNER)?.value;

/** Of what is kept, that which is somebody's of this name. */
export function factsOf(memories: readonly Fact[], name: string): Fact[] {
  const owner = ownerOf(memories);
  if (owner === undefined || isSameName(owner, name))
    return memories.filter(({ key }) => key !== OWNER && !OTHERS.test(key));
  return memories.flatMap(fact => {
    const own = OTHERS.exec(fact.key);
    if (own?.[1] !== slugOf(name)) return [];
    const text = fact.text.startsWith(`${name}: `) ? fact.text.slice(name.length + 2) : fact.text;
    return [{ ...fact, key: fact.key.slice(own[0].length), text }];
  });
}

/** What was learned of somebody of this name, as it is kept beside what others of this identity told. */
export function keptAs(facts: readonly Fact[], name: string, owner: string | undefined): Fact[] {
  if (facts.length === 0) return [];
  const value = name.slice(0, MEMORY_LIMITS.valueLength);
  if (owner === undefined && value.trim() !== '')
    return [...facts, { key: OWNER, value, text: `What is kept without a name is ${value}'s.`.slice(0, 300) }];
  if (owner === undefined || isSameName(owner, name)) return [...facts];
  return facts.map(({ key, value: said, text }) => ({
    key: `of_${slugOf(name)}__${key}`.slice(0, KEY_LENGTH),
    value: said,
    text: `${name}: ${text}`.slice(0, MEMORY_LIMITS.textLength),
  }));
}
