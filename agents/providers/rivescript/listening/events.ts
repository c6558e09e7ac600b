/** Things that people look forward to, or dread. */
import { stemsIn } from './sentence.ts';

const EVENTS = new Set(
  'wedding exam test interview appointment surgery operation birthday trip holiday vacation flight concert party meeting presentation demo race marathon match game move graduation visit date audition performance recital exhibition funeral checkup anniversary conference fair tournament competition marry move fly travel retire'.split(
    ' ',
  ),
);
const EVENT_NAMES: Readonly<Record<string, string>> = {
  marry: 'wedding',
  move: 'move',
  fly: 'trip',
  travel: 'trip',
  retire: 'retirement',
};
const EVENT_STEMS = new Map(
  [...EVENTS].flatMap(event => stemsIn(` ${event} `).map(stem => [stem, EVENT_NAMES[event] ?? event] as const)),
);

/** What a sentence says is going to be: `wedding` for "they marry". */
export const eventIn = (plain: string): string | undefined =>
  stemsIn(plain)
    .map(stem => EVENT_STEMS.get(stem))
    .find(each => each !== undefined);

export const isEvent = (word: string): boolean => EVENT_STEMS.has(stemsIn(` ${word} `)[0] ?? '');
