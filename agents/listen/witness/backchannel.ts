import { isMadeOf } from '../../base/phrases.ts';
import { words } from './completeness.ts';

const PHRASES =
  `uh,mm,mhm,mhmm,uh huh,uhhuh,mm hmm,mmhmm,hmm,oh,ah,aha,yeah,yes,yep,yup,ok,okay,right,sure,exactly,true,wow,cool,nice,good,great,fine,indeed,interesting,alright,i see,got it,all right,of course,no way,go on,really,thats right,makes sense,i know,sounds good`.split(
    ',',
  );
const BACKCHANNELS = new Set(PHRASES);
const LONGEST_PHRASE = 2;
const MOST_WORDS = 4;
/** Nobody says more than that in so few words. */
const MOST_LENGTH = 80;

/** "Uh-huh", "okay": the listener is still listening and takes nothing back. */
export function isBackchannel(text: string): boolean {
  if (text.length > MOST_LENGTH) return false;
  const spoken = words(text.replaceAll('-', ' ')).map(word => word.replaceAll("'", ''));
  return spoken.length <= MOST_WORDS && isMadeOf(spoken, BACKCHANNELS, LONGEST_PHRASE);
}

/** What a recognizer makes of sounds that are no words is close to them. */
const MUTTERED = [
  'uh huh',
  'mm hmm',
  'yeah okay',
  'oh yeah',
  'oh okay',
  'yeah yeah',
  'okay okay',
  'yeah right',
  'oh i see',
  'all right',
];
/** Nobody who says one of these wants the avatar to go on. */
const WANTS_THE_FLOOR = new Set(
  `stop wait no not but what why who when where how hey hold can could please never sorry listen
   actually because if ollie sarah june`.split(/\s+/),
);
/** Share of the sounds that may differ. */
const CLOSE = 0.3;
const LONGEST_MUTTER_MS = 900;

/**
 * Whether a few words heard over the avatar are what a recognizer makes of "uh-huh" or "yeah, okay": short, and close in
 * sound ("A hug.", "We are okay.").
 */
export function isMuttered(text: string, speechMs: number): boolean {
  if (speechMs > LONGEST_MUTTER_MS || text.length > MOST_LENGTH || text.trimEnd().endsWith('?')) return false;
  const spoken = words(text);
  if (spoken.length === 0 || spoken.length > MOST_WORDS || spoken.some(word => WANTS_THE_FLOOR.has(word))) return false;
  const sound = soundOf(spoken.join(''));
  return MUTTERED.some(phrase => {
    const other = soundOf(phrase.replaceAll(' ', ''));
    return distance(sound, other) <= CLOSE * Math.max(sound.length, other.length);
  });
}

/** Roughly how letters sound: a class each. Vowels and what glides between them are one. */
const CLASSES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'aeiouyw'].map(letter => [letter, 'a'])),
  ...Object.fromEntries([...'ckqgx'].map(letter => [letter, 'k'])),
  ...Object.fromEntries([...'mn'].map(letter => [letter, 'm'])),
  ...Object.fromEntries([...'td'].map(letter => [letter, 't'])),
  ...Object.fromEntries([...'pb'].map(letter => [letter, 'p'])),
  ...Object.fromEntries([...'fv'].map(letter => [letter, 'f'])),
  ...Object.fromEntries([...'szj'].map(letter => [letter, 's'])),
  ...Object.fromEntries([...'lr'].map(letter => [letter, 'l'])),
};

function soundOf(letters: string): string {
  let sound = '';
  for (const letter of letters) {
    const heard = CLASSES[letter] ?? letter;
    if (!sound.endsWith(heard)) sound += heard;
  }
  return sound;
}

/** Levenshtein's. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + Number(letter !== to[j])));
    row = next;
  }
  return row.at(-1)!;
}
