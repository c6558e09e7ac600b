import unhomoglyph from 'unhomoglyph';
import { LIMITS } from '../../protocol/limits.ts';

/** Accents, joiners, variation selectors and whatever else is drawn on a letter or not at all. */
const UNSEEN = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu;
/** One stroke, whatever the case: what the tables tell apart in small letters is one in capitals. */
const STROKES = /[il1]/g;
/** What sets names apart for nobody: blanks, dots, brackets. */
const FILLING = /[^\p{L}\p{N}]/gu;

/**
 * What a name looks like: two names with the same skeleton are taken for one another (Unicode UTS 39, section 4, with
 * case, accents and punctuation left out besides).
 */
export function skeleton(name: string): string {
  const seen = (text: string) => text.normalize('NFKD').replace(UNSEEN, '');
  const shapes = seen(unhomoglyph(seen(name)));
  const plain = unhomoglyph(shapes.toLowerCase()).toLowerCase().replace(STROKES, 'l').replace(FILLING, '');
  // Names of signs alone are told apart by these.
  return plain === '' ? seen(name).replace(/\s/g, '') : plain;
}

/** Whether somebody could take the one for the other. */
export const looksLike = (a: string, b: string): boolean => skeleton(a) === skeleton(b);

/** The name, with a number behind it where somebody has one that looks like it. */
export function tellApart(name: string, taken: readonly string[]): string {
  const looks = new Set(taken.map(skeleton));
  if (!looks.has(skeleton(name))) return name;
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const apart = `${name.slice(0, LIMITS.nameLength - suffix.length).toWellFormed()}${suffix}`;
    if (!looks.has(skeleton(apart))) return apart;
  }
}
