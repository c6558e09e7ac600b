/** Which letters a voice can read. */
import type { Letters } from './normal/letters.ts';
import type { SpeechCapabilities } from './ports.ts';

const LATIN = /\p{Script=Latin}/u;
/** By the script of a language, as CLDR names it. What is not here is not judged. */
const SCRIPTS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    Latn: LATIN,
    Cyrl: /\p{Script=Cyrillic}/u,
    Grek: /\p{Script=Greek}/u,
    Arab: /\p{Script=Arabic}/u,
    Hebr: /\p{Script=Hebrew}/u,
    Deva: /\p{Script=Devanagari}/u,
    Thai: /\p{Script=Thai}/u,
    Hans: /\p{Script=Han}/u,
    Hant: /\p{Script=Han}/u,
    Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u,
    Kore: /[\p{Script=Hangul}\p{Script=Han}]/u,
  }),
);
const scriptOf = (language: string) => SCRIPTS.get(new Intl.Locale(language).maximize().script ?? '');

/** The letters that a voice reads: of those for nothing but English not more than they say. */
export function lettersOf({ languages = [], accents = false }: SpeechCapabilities): Letters {
  const isEnglish = languages.length > 0 && languages.every(language => new Intl.Locale(language).language === 'en');
  if (!isEnglish) return 'any';
  return accents ? 'latin' : 'plain';
}

/** Whether a voice reads most of a text's letters. A voice that tells no languages reads them all. */
export function reads({ languages }: SpeechCapabilities, text: string): boolean {
  if (languages === undefined) return true;
  const known = languages.map(scriptOf);
  if (known.includes(undefined)) return true;
  const letters = text.match(/\p{L}/gu) ?? [];
  const strange = letters.filter(letter => !known.some(script => script!.test(letter)) && !isGreekSign(letter, text));
  return strange.length * 2 <= letters.length;
}

/** A Greek letter by itself has a name. */
const isGreekSign = (letter: string, text: string) =>
  /\p{Script=Greek}/u.test(letter) && !/\p{Script=Greek}{2}/u.test(text);

const NAMES = new Intl.DisplayNames('en', { type: 'language' });
const LIST = new Intl.ListFormat('en');

/** What a voice says where it cannot read. */
export const ownLanguages = ({ languages = [] }: SpeechCapabilities): string =>
  `I am sorry, this voice only speaks ${LIST.format(languages.map(language => NAMES.of(language) ?? language))}.`;
