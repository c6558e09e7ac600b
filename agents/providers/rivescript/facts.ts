import type { Fact } from '../../../protocol/memory.ts';
import type { Variables } from './script/brain.ts';

/** What a script's variables say of a person, in words. A script's other variables are of the moment only. */
const SENTENCES: Record<string, (value: string, key: string) => string> = {
  name: value => `They want to be called ${value}.`,
  job: value => `They work as ${value}.`,
  role: value => `Their role at work is ${value}.`,
  place: value => `They live in ${value}.`,
  likes: value => `They like ${value}.`,
  pet: value => `They have a ${value}.`,
  petname: value => `Their pet is called ${value}.`,
  product: value => `They sell ${value}.`,
  customers: value => `Their customers are ${value}.`,
  price: value => `Their price is ${value}.`,
  deal: value => `They want to win ${value}.`,
  objection: value => `The objection they hear is ${value}.`,
  study: value => `They are learning ${value}.`,
  hard: value => `What they find hard is ${value}.`,
  memory: value => `They told of the time ${value}.`,
  who: value => `They spoke last of their ${value}.`,
  first: value => `They spoke first of their ${value}.`,
  gone: value => `They have lost their ${value}.`,
};
const FAMILIES: Record<string, (value: string, who: string) => string> = {
  name_: (value, who) => `Their ${who} is called ${value}.`,
  // It names them, or says whose they are.
  story_: value => `${value.charAt(0).toUpperCase()}${value.slice(1)}.`,
};
/** What a script puts where it was told nothing. */
const PLACEHOLDER = /^your (?:offer|customers|price|next customer|deal)$/;

/** The facts among a script's variables that are new or other than before. */
export function factsAmong(variables: Variables, before: Variables, joinedAs: string): Fact[] {
  return Object.entries(variables).flatMap(([key, value]) => {
    const words = sentenceOf(key, value);
    if (words === undefined || value === before[key] || value === 'undefined' || PLACEHOLDER.test(value)) return [];
    // The name on the invitation is known anyway.
    if (key === 'name' && value.toLowerCase() === joinedAs.toLowerCase()) return [];
    return [{ key, value: value.slice(0, 200), text: thirdPerson(words).slice(0, 300) }];
  });
}

/** A script says to somebody what others are told of them. */
const thirdPerson = (words: string) =>
  words
    .replace(/\byour\b/g, 'their')
    .replace(/\bYour\b/g, 'Their')
    .replace(/\bYou\b/g, 'They')
    .replace(/\byou\b/g, 'they')
    .replace(/\byourself\b/g, 'themself');

/** Facts as the variables they were. */
export const variablesOf = (facts: readonly Fact[]): Variables =>
  Object.fromEntries(
    facts.filter(({ key }) => sentenceOf(key, '') !== undefined).map(({ key, value }) => [key, value]),
  );

function sentenceOf(key: string, value: string): string | undefined {
  const own = Object.hasOwn(SENTENCES, key) ? SENTENCES[key] : undefined;
  if (own !== undefined) return own(value, key);
  const family = Object.keys(FAMILIES).find(prefix => key.startsWith(prefix) && key.length > prefix.length);
  return family === undefined ? undefined : FAMILIES[family]!(value, key.slice(family.length).replaceAll('_', ' '));
}
