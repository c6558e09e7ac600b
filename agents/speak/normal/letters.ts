/** Letters and marks that English voices do not know, in those that they do. */

/** Letters that are no letter with a mark. */
const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: 'ss',
    æ: 'ae',
    Æ: 'Ae',
    œ: 'oe',
    Œ: 'Oe',
    ø: 'o',
    Ø: 'O',
    ł: 'l',
    Ł: 'L',
    đ: 'd',
    Đ: 'D',
    ð: 'th',
    Ð: 'Th',
    þ: 'th',
    Þ: 'Th',
    ı: 'i',
  }),
);
/** Words that lose too much with their marks, as an English speaker would spell their sound. */
const SPELLED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    josé: 'Ho zay',
    zoë: 'Zoey',
    zoé: 'Zoey',
    chloë: 'Chloey',
    chloé: 'Chloey',
    noël: 'Noel',
    beyoncé: 'Bee on say',
    pelé: 'Pelay',
    mbappé: 'Em bah pay',
    nestlé: 'Neslay',
    renée: 'Renay',
    rené: 'Renay',
    andré: 'Ondray',
    jesús: 'Heysoos',
    núñez: 'Noonyez',
    muñoz: 'Moonyoz',
    jürgen: 'Yergen',
    jörg: 'Yerg',
    åsa: 'Ohsa',
    señor: 'senyor',
    señora: 'senyora',
    señorita: 'senyorita',
    niño: 'neenyo',
    niña: 'neenya',
    españa: 'Espanya',
    piñata: 'pinyata',
    mañana: 'manyana',
    jalapeño: 'halapenyo',
    garçon: 'garson',
    curaçao: 'cure a sow',
    touché: 'too shay',
    olé: 'oh lay',
    pokémon: 'Pokaymon',
    résumé: 'rezz oo may',
    rosé: 'roh zay',
    soufflé: 'soo flay',
    entrée: 'ahntray',
  }),
);
/** Of the marks between words, what voices follow. */
const MARKS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '’': "'",
    '‘': "'",
    '`': "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '«': '"',
    '»': '"',
    '…': '...',
    '—': ',',
    '–': ',',
    '。': '.',
    '！': '!',
    '？': '?',
    '，': ',',
    '、': ',',
    '：': ':',
    '；': ';',
    '¿': '',
    '¡': '',
  }),
);

/** What a voice reads: the letters a to z; those with marks, too; or any. */
export type Letters = 'plain' | 'latin' | 'any';

/** A word, with what is written around it, in letters that a voice reads; what cannot be put into them is silent. */
export function inLetters(written: string, letters: Letters): string {
  if (letters === 'any' || /^[\x20-\x7e]*$/.test(written)) return written;
  const text = Array.from(written.normalize('NFC'), letter => MARKS.get(letter) ?? letter).join('');
  // Words alone: what surrounds them stays.
  const spelled = text.replace(/[\p{L}\p{M}]+/gu, word => SPELLED.get(word.toLowerCase()) ?? word);
  if (letters === 'latin') return spelled.replace(/[^\x20-\x7e\p{Script=Latin}]/gu, '');
  return Array.from(spelled, letter => LETTERS.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '');
}

/** What of the marks around a word is heard: pauses, the end, brackets and quotes. */
export const heardMarks = (marks: string): string =>
  Array.from(marks, mark => MARKS.get(mark) ?? mark)
    .join('')
    .replace(/[^.,!?;:'"()-]/g, '');
