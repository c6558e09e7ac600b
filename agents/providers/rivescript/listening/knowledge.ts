/** What is known of a person in a conversation, worked out line by line from what was said. */
import { type Being, callOf, pronounOf } from './being.ts';
import type { Named } from './reflect.ts';

/** Something that was said, as one would say it back: `your dog died yesterday`. */
export interface Told {
  clause: string;
  stems: readonly string[];
  turn: number;
}

/** Something that is going to be, or was. */
export interface Happening {
  /** `wedding`, `exam`. */
  what: string;
  /** As one speaks of whose it is to the person: `your`, `Clara's`. */
  whose: string;
  /** `in June`, `on Friday`. */
  when: string;
  /** ISO 8601, a day or a month. */
  date: string;
}

/** A call that is practised. */
export interface Practice {
  /** Who the avatar plays: `the hotel buyer`. */
  role: string;
  /** What was said to the buyer, as it was said. */
  lines: readonly string[];
}

export interface Knowledge {
  turn: number;
  name?: string;
  /** Turn in which they said what to call them. */
  named?: number;
  /** `place`, `job`, `age`, `product`, `customers`, `price`, `unit`, `likes`, `dislikes`: what was told last of each. */
  facts: Record<string, string>;
  likes: string[];
  beings: Being[];
  told: Told[];
  happenings: Happening[];
  /** Somebody has died, or something hard was told, in this turn; until the person turns to something else. */
  heavy?: number;
  practice?: Practice;
  /** The practice that ended in this turn. */
  practised?: Practice & { turn: number };
  /** What they asked to be told last, while they still speak of it. */
  pastime?: 'joke' | 'story' | undefined;
  /** What several are, who were not named yet: `goat`. */
  group?: string;
  /** What was spoken of last that is nobody: `the bicycle`. */
  thing?: { text: string; turn: number };
  /** Stems of what they do not want to speak of. */
  closed: string[];
}

/** So many turns on a pronoun still means somebody. */
const NEAR = 8;
const NEAR_IT = 2;
/** Of what was told, the latest is kept [C2]. */
const MOST_TOLD = 150;
const MOST_BEINGS = 40;

export const nothingKnown = (): Knowledge => ({
  turn: 0,
  facts: {},
  likes: [],
  beings: [],
  told: [],
  happenings: [],
  closed: [],
});

export function remember(known: Knowledge, told: Told): void {
  known.told.push(told);
  known.told.splice(0, known.told.length - MOST_TOLD);
  known.beings.splice(0, known.beings.length - MOST_BEINGS);
}

/** Who was spoken of last, of those whom a pronoun can mean. */
export function meant({ beings }: Knowledge, pronoun: string): Being | undefined {
  const fits = (being: Being) => {
    const own = pronounOf(being);
    if (pronoun === 'it') return own === 'it';
    if (pronoun === 'they') return own === 'they';
    return own === pronoun || own === 'it' || own === 'they';
  };
  return beings
    .filter(fits)
    .reduce<Being | undefined>((last, each) => (last === undefined || each.turn >= last.turn ? each : last), undefined);
}

/** Whom pronouns mean, as they are called. */
export function namesMeant(known: Knowledge): Named {
  const name = (pronoun: string) => {
    const being = meant(known, pronoun);
    const isNear = being !== undefined && known.turn - being.turn <= (pronoun === 'it' ? NEAR_IT : NEAR);
    return isNear ? callOf(being) : undefined;
  };
  const animal = meant(known, 'it');
  const { thing } = known;
  const isThing =
    thing !== undefined && (animal === undefined || thing.turn > animal.turn) && thing.turn > known.turn - 3;
  const [he, she, it] = [name('he'), name('she'), isThing ? thing.text : name('it')];
  return { ...(he !== undefined && { he }), ...(she !== undefined && { she }), ...(it !== undefined && { it }) };
}

/** Who was spoken of last. */
export const lastBeing = ({ beings }: Knowledge): Being | undefined =>
  beings.reduce<Being | undefined>(
    (last, each) => (last === undefined || each.turn >= last.turn ? each : last),
    undefined,
  );

/** Those whom a sentence names, by name or by what they are to the person. */
export function mentioned({ beings }: Knowledge, plain: string): Being[] {
  return beings.filter(
    ({ name, relation }) =>
      (name !== undefined && plain.includes(` ${name.toLowerCase()} `)) ||
      (name !== undefined && plain.includes(` ${name.toLowerCase()}s `)) ||
      (relation !== undefined && (plain.includes(` ${relation} `) || plain.includes(` ${relation}s `))),
  );
}
