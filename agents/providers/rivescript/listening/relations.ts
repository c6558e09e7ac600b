/** Those whom people speak of: relatives, friends, animals. */

export type Gender = 'he' | 'she' | 'it' | undefined;

const PEOPLE = {
  he: 'father dad daddy brother son husband boyfriend grandfather grandpa granddad grandad uncle nephew grandson godfather godson stepfather stepdad stepson stepbrother father-in-law brother-in-law son-in-law widower fiance groom',
  she: 'mother mom mum mommy mummy sister daughter wife girlfriend grandmother grandma granny nana nan aunt auntie niece granddaughter godmother goddaughter stepmother stepmom stepdaughter stepsister mother-in-law sister-in-law daughter-in-law widow fiancee bride',
  any: 'partner friend neighbor neighbour colleague coworker boss manager cousin teacher roommate flatmate twin child baby kid toddler ex doctor nurse coach mentor landlord tenant classmate buddy mate fiancé fiancée student grandchild trainer therapist supervisor assistant carer caretaker godchild bestie',
};
const ANIMALS =
  'dog cat puppy kitten hamster rabbit bunny parrot budgie canary bird goldfish fish horse pony turtle tortoise snake guinea-pig mouse rat lizard gecko ferret chicken hen rooster duck goose goat sheep cow donkey alpaca llama pig iguana spider tarantula hedgehog chinchilla parakeet cockatiel frog pet';

const GENDERS = new Map<string, Gender>([
  ...PEOPLE.he.split(' ').map((word): [string, Gender] => [word, 'he']),
  ...PEOPLE.she.split(' ').map((word): [string, Gender] => [word, 'she']),
  ...PEOPLE.any.split(' ').map((word): [string, Gender] => [word, undefined]),
  ...ANIMALS.split(' ').map((word): [string, Gender] => [word, undefined]),
]);
const ANIMAL_SET = new Set(ANIMALS.split(' '));
/** Words for the same. */
const SAME: Readonly<Record<string, string>> = {
  mom: 'mother',
  mum: 'mother',
  mommy: 'mother',
  mummy: 'mother',
  dad: 'father',
  daddy: 'father',
  grandma: 'grandmother',
  granny: 'grandmother',
  nana: 'grandmother',
  nan: 'grandmother',
  grandpa: 'grandfather',
  granddad: 'grandfather',
  grandad: 'grandfather',
  auntie: 'aunt',
  puppy: 'dog',
  kitten: 'cat',
  bunny: 'rabbit',
  neighbour: 'neighbor',
  coworker: 'colleague',
  kid: 'child',
  buddy: 'friend',
  mate: 'friend',
  bestie: 'friend',
  stepmom: 'stepmother',
  stepdad: 'stepfather',
};
const PLURALS: Readonly<Record<string, string>> = {
  wives: 'wife',
  children: 'child',
  babies: 'baby',
  puppies: 'dog',
  bunnies: 'rabbit',
  mice: 'mouse',
  geese: 'goose',
  fishes: 'fish',
  canaries: 'canary',
  ponies: 'pony',
  kids: 'child',
};

/** The one word for a relation, `mother` for `mum`; undefined where the word names none. */
export function relationOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return GENDERS.has(lower) ? (SAME[lower] ?? lower) : undefined;
}

/** The same of a word for several. */
export function relationsOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (PLURALS[lower] !== undefined) return relationOf(PLURALS[lower]!);
  return lower.endsWith('s') && !lower.endsWith('ss') ? relationOf(lower.slice(0, -1)) : undefined;
}

export const genderOf = (relation: string): Gender => GENDERS.get(relation);
export const isAnimal = (relation: string): boolean => ANIMAL_SET.has(relation);
/** Those who are near to somebody's heart. */
const FAR = new Set(
  'boss manager colleague neighbor doctor nurse coach landlord tenant teacher student classmate trainer therapist supervisor assistant carer caretaker'.split(
    ' ',
  ),
);
export const isNear = (relation: string): boolean => !FAR.has(relation);
