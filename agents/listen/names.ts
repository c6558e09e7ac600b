import { distance } from './witness/backchannel.ts';
import { words } from './witness/completeness.ts';

/** What may be said in a room that a recognizer does not know. */
export interface Vocabulary {
  /** Of the avatar and the people: they are called by them. */
  names: readonly string[];
  /** Of the persona's subject. */
  hotWords: readonly string[];
}

/** Roughly how English letters sound; vowels are one sound, and what is not heard is left out. */
const SOUNDS: readonly (readonly [letters: string, sound: string])[] = [
  ['ough', 'a'],
  ['igh', 'a'],
  ['tch', 'C'],
  ['sch', 'S'],
  ['ch', 'C'],
  ['sh', 'S'],
  ['ph', 'f'],
  ['th', 'T'],
  ['wh', 'w'],
  ['kn', 'n'],
  ['wr', 'r'],
  ['ck', 'k'],
  ['qu', 'kw'],
  ['ce', 's'],
  ['ci', 's'],
  ['ge', 'j'],
  ['x', 'ks'],
  ['c', 'k'],
  ['q', 'k'],
  ['z', 's'],
  ['v', 'f'],
  ['d', 't'],
  ['b', 'p'],
  ['g', 'k'],
  ['y', 'a'],
  ['h', ''],
];
const VOWELS = new Set('aeiou');

function soundOf(text: string): string {
  const letters = words(text).join('').replaceAll("'", '');
  let sound = '';
  for (let at = 0; at < letters.length; ) {
    const rule = SOUNDS.find(([from]) => letters.startsWith(from, at));
    const heard = rule?.[1] ?? (VOWELS.has(letters[at]!) ? 'a' : letters[at]!);
    // A double letter, or several vowels, are one sound.
    if (heard !== '' && !sound.endsWith(heard)) sound += heard;
    at += rule?.[0].length ?? 1;
  }
  return sound;
}

/** Words behind which somebody is called by name. */
const CALLS = new Set(
  'hi hello hey thanks bye goodbye night morning evening dear oh sorry please and welcome'.split(' '),
);
const THANKS = 'thank you';
/** Whom else one greets, and what else stands there. */
const COMMON = new Set(
  'there all everyone everybody guys you again folks team now then so well okay it that this live'.split(' '),
);
/** Who says their own name says what the room does not know yet. */
const NAMING = new Set("name called named am is i'm".split(' '));
/** A name may have been read as so many words. */
const MOST_WORDS = 3;
/** Share of the sounds that may differ where somebody is called; elsewhere only a word that is written as a name. */
const CALLED = 0.3;
const WRITTEN = 0.2;
const SHORTEST_SOUND = 3;
const SHORTEST_HOT_WORD = 4;

/** Where a name stands in the text: behind a greeting, before or behind a comma. */
function isCalled(
  before: readonly string[],
  wordBefore: string,
  wordAfter: string,
  isFirst: boolean,
  endsAtMark: boolean,
): boolean {
  const last = words(wordBefore)[0] ?? '';
  if (!wordBefore.endsWith('.') && endsAtMark && CALLS.has(last)) return true;
  if (endsAtMark && before.slice(-2).join(' ').toLowerCase() === THANKS) return true;
  if (isFirst) return endsAtMark && wordAfter !== '';
  return wordBefore.endsWith(',') && endsAtMark;
}

/**
 * Corrects a reading where a word that matters in the room sounds much like what was read: "Ollie" is not "Ali" or "I'll
 * do". Names are looked for where somebody is called or named, and where a name is written; hot words anywhere.
 */
export function corrected(text: string, { names, hotWords }: Vocabulary): string {
  const known = [...names.map(name => ({ name, hot: false })), ...hotWords.map(name => ({ name, hot: true }))]
    .map(each => ({ ...each, sound: soundOf(each.name) }))
    .filter(({ sound, hot }) => sound.length >= (hot ? SHORTEST_HOT_WORD : SHORTEST_SOUND));
  if (known.length === 0 || text === '') return text;
  const own = new Set(known.flatMap(({ name }) => words(name)));
  const tokens = text.split(/\s+/);
  const result: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const replaced = matchAt(tokens, at, known, own);
    result.push(replaced?.text ?? tokens[at]!);
    at += replaced?.length ?? 1;
  }
  return result.join(' ');
}

const MARKS = new Set(',.!?;:');

function marksOf(token: string): string {
  let end = token.length;
  while (MARKS.has(token[end - 1] ?? '')) end -= 1;
  return token.slice(end);
}

function matchAt(
  tokens: readonly string[],
  at: number,
  known: readonly { name: string; hot: boolean; sound: string }[],
  own: ReadonlySet<string>,
): { text: string; length: number } | undefined {
  for (let length = Math.min(MOST_WORDS, tokens.length - at); length >= 1; length--) {
    const piece = tokens.slice(at, at + length);
    const spoken = piece.map(token => words(token)[0] ?? '');
    // A mark within: it is not one name.
    if (piece.slice(0, -1).some(token => /[,.!?;:]$/.test(token))) continue;
    if (spoken.some(word => own.has(word) || CALLS.has(word) || NAMING.has(word))) continue;
    if (length === 1 && COMMON.has(spoken[0]!)) continue;
    const sound = soundOf(piece.join(' '));
    const last = piece.at(-1)!;
    const mark = marksOf(last);
    const endsAtMark = mark !== '' || at + length === tokens.length;
    const called = isCalled(tokens.slice(0, at), tokens[at - 1] ?? '', tokens[at + length] ?? '', at === 0, endsAtMark);
    const isNamed = NAMING.has(words(tokens[at - 1] ?? '')[0] ?? '');
    const isWritten = length === 1 && at > 0 && !/[.!?]$/.test(tokens[at - 1]!) && /^\p{Lu}\p{Ll}/u.test(piece[0]!);
    const best = known
      .map(each => ({ ...each, differs: distance(sound, each.sound) / Math.max(sound.length, each.sound.length) }))
      .filter(({ sound: wanted, hot }) => wanted[0] === sound[0] && (hot || !isNamed))
      .filter(
        ({ hot, differs }) => differs <= (hot ? (isWritten ? WRITTEN : 0) : called ? CALLED : isWritten ? WRITTEN : -1),
      )
      .toSorted((a, b) => a.differs - b.differs)[0];
    if (best !== undefined) return { text: best.name + mark, length };
  }
  return undefined;
}
