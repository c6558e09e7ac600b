/** All rules, in the order in which they are asked. */
import { aboutSelf, aboutYou, foreign, limits, reckoned, unknowable } from './about.ts';
import { condole, missed, mourn } from './grief.ts';
import {
  bedtime,
  complaints,
  corrections,
  explained,
  figures,
  introduced,
  nevermind,
  praise,
  refusals,
  seeming,
} from './manners.ts';
import { moods, reassured } from './moods.ts';
import { badNews, burdens, goodNews, introductions } from './news.ts';
import { advice, opinionAsked } from './opinion.ts';
import { pastimes } from './pastimes.ts';
import { practice } from './practice.ts';
import { fragments, places, statements, subjects } from './react.ts';
import { recall, recallOfThings } from './recall.ts';
import { deals, firstWords, priced, products } from './selling.ts';
import type { Rule } from './turn.ts';
import { likes, opinions, plans } from './wishes.ts';

/** Whatever the script has for it. */
export const SURE: readonly Rule[] = [
  foreign,
  practice,
  bedtime,
  reckoned,
  pastimes,
  corrections,
  seeming,
  complaints,
  reassured,
  recall,
  recallOfThings,
  aboutSelf,
  limits,
  nevermind,
  explained,
  advice,
  firstWords,
  opinionAsked,
  refusals,
  praise,
  figures,
  condole,
  mourn,
  moods,
  badNews,
  burdens,
  goodNews,
  missed,
  priced,
  deals,
  products,
  introduced,
];

/** Where the script has nothing that is meant for it. */
export const LISTENING: readonly Rule[] = [
  introductions,
  plans,
  likes,
  opinions,
  places,
  subjects,
  statements,
  fragments,
  aboutYou,
  unknowable,
];
