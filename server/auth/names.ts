import unhomoglyph from 'unhomoglyph';
import { LIMITS } from '../../protocol/limits.ts';

/** What is not drawn at all: joiners, variation selectors, the line that stretches Arabic words. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\u0640]/gu;
/** Accents over Latin and Greek letters; of other scripts marks are letters of their own. */
const ACCENTED = /([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+/gu;
/** What sets names apart for nobody. */
const FILLING = /[\s._'"’‘“”()[\]·]/gu;

/** Letters in circles, squares and flags, from where they begin: A to Z each. */
const FRAMED = [0x1f130, 0x1f150, 0x1f170, 0x1f1e6];
/** Small capitals, and letters of other scripts that the tables lack. */
const DRAWN: ReadonlyMap<string, string> = new Map([
  ...[...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ'].map((letter, i) => [letter, 'abcdefghijklmnoprstuvwyz'[i]!] as const),
  ['Λ', 'A'],
  ['ӏ', 'l'],
  ['ᗩ', 'A'],
]);

function drawn(letter: string): string {
  const code = letter.codePointAt(0)!;
  const from = FRAMED.find(begin => code >= begin && code < begin + 26);
  return from === undefined ? (DRAWN.get(letter) ?? letter) : String.fromCharCode(0x41 + code - from);
}

/** The letters of a name as they are seen, without what is drawn on or between them. */
const seen = (name: string): string =>
  [...name.normalize('NFKD').replace(UNSEEN, '').replace(ACCENTED, '$1').normalize('NFC')].map(drawn).join('');

/** Pairs of letters that are read as one. */
const joined = (text: string): string =>
  text.replaceAll('\\/', 'V').replaceAll('VV', 'W').replaceAll('vv', 'w').replaceAll('cl', 'd');

/** As it is drawn: letters of any script that look like one another are one, large and small ones are not. */
const shapeOf = (name: string): string => unhomoglyph(joined(seen(name)).replaceAll('!', 'l')).replace(FILLING, '');

/** As it is read: large and small letters are one, and letters of other scripts those they look like. */
const readingOf = (name: string): string =>
  joined(seen(name).replace(/[^\p{ASCII}]/gu, unhomoglyph))
    .replaceAll('0', 'O')
    .toLowerCase()
    .replace(FILLING, '');

/** A name in the two ways in which somebody may take it for another (after Unicode UTS 39, section 4). */
export interface Looks {
  shape: string;
  reading: string;
}

export function looksOf(name: string): Looks {
  const [shape, reading] = [shapeOf(name), readingOf(name)];
  // Names of nothing but filling are told apart by it.
  return { shape: shape === '' ? name : shape, reading: reading === '' ? name : reading };
}

const same = (a: Looks, b: Looks): boolean => a.shape === b.shape || a.reading === b.reading;

/** Whether somebody could take the one for the other. */
export const looksLike = (a: string, b: string): boolean => same(looksOf(a), looksOf(b));

/** The name, with a number behind it where somebody has one that looks like it. */
export function tellApart(name: string, taken: readonly string[]): string {
  const looks = taken.map(looksOf);
  const isTaken = (asked: string) => {
    const own = looksOf(asked);
    return looks.some(each => same(own, each));
  };
  if (!isTaken(name)) return name;
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const apart = `${name.slice(0, LIMITS.nameLength - suffix.length).toWellFormed()}${suffix}`;
    if (!isTaken(apart)) return apart;
  }
}

/** The names of everybody in a room, the avatar included, but for one person's. */
export function namesIn<S extends { name: string }>(
  { seats, agent }: { seats: ReadonlyMap<string, S>; agent?: { name: string } | undefined },
  except?: S,
): string[] {
  const others = [...seats.values()].filter(seat => seat !== except);
  return [...(agent === undefined ? [] : [agent]), ...others].map(({ name }) => name);
}
