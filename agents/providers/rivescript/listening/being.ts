import { capital } from './reflect.ts';
import { type Gender, genderOf, isAnimal } from './relations.ts';

/** Somebody of whom a person told. */
export interface Being {
  /** As the person calls it: `dad`, where the relation is `father`. */
  word?: string;
  /** Turn in which they came up first. */
  since: number;
  /** `sister`, `dog`; undefined where only a name was told. */
  relation?: string;
  /** Whose: `Ann's`, where it is not the person's own. */
  of?: string;
  name?: string;
  gender: Gender;
  /** As it was told: `14`. */
  age?: string;
  dead: boolean;
  /** Turn in which they were spoken of last. */
  turn: number;
}

/** As one speaks of them to the person: `Peter`, `your husband`. */
export const callOf = ({ name, relation, word = relation, of }: Being): string =>
  name ?? (of === undefined ? `your ${word}` : `${of} ${word}`);

/** The first time: `your husband Peter`. */
export const fullOf = (being: Being): string => {
  const { name, relation, word = relation, of = 'your' } = being;
  return relation !== undefined && name !== undefined ? `${of} ${word} ${name}` : callOf(being);
};

/** `he`, `she` or `they`; of animals without a known one `it`. */
export const pronounOf = ({ gender, relation }: Being): string =>
  gender ?? (relation !== undefined && isAnimal(relation) ? 'it' : 'they');

export const newBeing = (relation: string | undefined, turn: number): Being => ({
  ...(relation !== undefined && { relation }),
  gender: relation === undefined ? undefined : genderOf(relation),
  dead: false,
  turn,
  since: turn,
});

/** A name as names are written. */
export const nameOf = (text: string): string =>
  text
    .split(' ')
    .map(part => (/\p{Lu}/u.test(part) ? part : capital(part)))
    .join(' ');
