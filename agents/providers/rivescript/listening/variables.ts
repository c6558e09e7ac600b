/** What is known, as a script's variables; and what a script took for something that it is not. */

import type { Knowledge } from './knowledge.ts';
import { isAnimal, isNear } from './relations.ts';
import { stemOf } from './sentence.ts';

type Variables = Readonly<Record<string, unknown>>;

/** No name is one of these, and nothing that is sold. */
const NO_NAMES = new Set(
  'she he it they i we you this that there here her him them who what is was not my your a an the and but so yes no well just also'.split(
    ' ',
  ),
);
const VERBS = new Set(
  'is are was were am cost costs i we you they he she it do does did have has had can will would says said not'.split(
    ' ',
  ),
);
const PHRASES = ['product', 'customers', 'deal', 'role', 'likes', 'pet', 'petname', 'place', 'job'];
const MOST_WORDS = 6;
const PASSED_ON = ['product', 'customers', 'price', 'place', 'likes', 'deal'] as const;

/** What to put over a script's variables: what is known, and `undefined` for what makes no sense. */
export function variablesKnown(known: Knowledge, script: Variables): Record<string, string | undefined> {
  const over: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(script)) {
    if (typeof value !== 'string') continue;
    const words = value.toLowerCase().split(' ');
    if (key.startsWith('name_') && NO_NAMES.has(words[0]!)) over[key] = undefined;
    else if (
      PHRASES.includes(key) &&
      (words.length > MOST_WORDS || (key !== 'likes' && words.some(word => VERBS.has(word))))
    )
      over[key] = undefined;
  }
  for (const key of PASSED_ON) if (known.facts[key] !== undefined) over[key] = known.facts[key];
  if (known.name !== undefined) over.name = known.name;
  const { job } = known.facts;
  if (job !== undefined && script.job === undefined && script.role === undefined) over.job = job;
  for (const being of known.beings) {
    const { relation, name, of, dead } = being;
    if (relation === undefined || of !== undefined) continue;
    if (isAnimal(relation) && !dead) {
      over.pet = relation;
      if (name !== undefined) over.petname = name;
    }
    if (name !== undefined) over[`name_${relation}`] = name;
    const told = known.told.findLast(
      ({ stems, clause }) =>
        (stems.includes(relation) || stems.includes(stemOf(relation))) && !/ (?:called|named) /.test(clause),
    );
    if (told !== undefined) over[`story_${relation}`] = told.clause;
  }
  const near = known.beings
    .filter(({ relation, of }) => relation !== undefined && of === undefined && isNear(relation))
    .toSorted((a, b) => a.turn - b.turn);
  if (near.length === 0) over.who = undefined;
  else {
    over.who = near.at(-1)!.relation;
    over.first = (script.first as string | undefined) ?? near[0]!.relation;
  }
  const gone = near.findLast(({ dead }) => dead);
  if (gone !== undefined) over.gone = gone.relation;
  return over;
}

/** What a script puts where it was told nothing. */
const PLACEHOLDER = /^(?:your (?:offer|customers|price|next customer|deal)|undefined)$/;
const TAKEN_OVER = ['product', 'customers', 'price', 'place', 'job', 'deal', 'likes'];

/** What only the script took in, as known. Changes what is known. */
export function takeOver(known: Knowledge, script: Variables): void {
  const over = variablesKnown(known, script);
  for (const key of TAKEN_OVER) {
    const value = script[key];
    if (typeof value !== 'string' || PLACEHOLDER.test(value) || (key in over && over[key] === undefined)) continue;
    known.facts[key] ??= value;
    if (key === 'likes' && !known.likes.includes(value)) known.likes.push(value);
  }
}
