/** Answers without words: a face, or dots. They are answers, and something is said. */
import { saidOf, spoken } from '../speak/normal/spoken.ts';
import type { FeelingPart } from '../think/ports.ts';

/** So much of an answer tells what it is; characters. */
export const MOST_WORDLESS = 200;

interface Kind {
  signs: RegExp;
  word: string;
  emotion: FeelingPart['emotion'];
  intensity: number;
}
const KINDS: readonly Kind[] = [
  { signs: /[😂🤣😆😹😄😅]|:D|XD/u, word: 'Haha!', emotion: 'happy', intensity: 0.9 },
  { signs: /[❤🧡💛💚💙💜🖤🤍🥰😍😘💕💖🤗♥]|<3/u, word: 'Aww.', emotion: 'happy', intensity: 0.8 },
  { signs: /[😢😭😞😔🥺😿☹🙁💔😥]|:['-]?\(/u, word: 'Oh.', emotion: 'sad', intensity: 0.7 },
  { signs: /[😮😲😱🤯😯😳]|:-?[oO]/u, word: 'Oh!', emotion: 'surprised', intensity: 0.7 },
  { signs: /[😠😡🤬👿👎]/u, word: 'Hmm.', emotion: 'sad', intensity: 0.3 },
  { signs: /[🤔🧐🤨😐🤷]/u, word: 'Hmm.', emotion: 'neutral', intensity: 0 },
  { signs: /[👍👌✅✔✓🙌👏🎉🥳]/u, word: 'All right!', emotion: 'happy', intensity: 0.6 },
  { signs: /[👋🙋]/u, word: 'Hello!', emotion: 'happy', intensity: 0.6 },
  { signs: /```/, word: 'That is code, and I cannot say it aloud.', emotion: 'neutral', intensity: 0 },
  { signs: /\p{Extended_Pictographic}|:-?\)|;-?\)/u, word: 'Mhm!', emotion: 'happy', intensity: 0.5 },
];

/** What is said for an answer that has no words, and the face that goes with it. */
export function kindWord(wordless: string): { word: string; feeling?: FeelingPart } {
  const kind = KINDS.find(({ signs }) => signs.test(wordless));
  if (kind === undefined) return { word: 'Hmm.' };
  const { word, emotion, intensity } = kind;
  return emotion === 'neutral' ? { word } : { word, feeling: { type: 'feeling', emotion, intensity } };
}

/** Something of it is said. */
export const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(saidOf(spoken(text)));
