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
    beyoncé: 'Beyonsay',
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
    björk: 'Byork',
    résumé: 'rezzoomay',
    rosé: 'rosay',
    soufflé: 'soo flay',
    entrée: 'ahntray',
    éclair: 'ayclair',
    andré: 'Ondray',
    rené: 'Renay',
    renée: 'Renay',
    åsa: 'Ohsa',
    jürgen: 'Yurgen',
    jörg: 'Yurg',
    göteborg: 'Yotebory',
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

/** A word in the letters a to z; what has none there is silent. */
export function plainLetters(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) return word;
  const known = SPELLED.get(word.normalize('NFC').toLowerCase());
  if (known !== undefined) return known;
  const letters = Array.from(word.normalize('NFC'), letter => LETTERS.get(letter) ?? MARKS.get(letter) ?? letter);
  return letters
    .join('')
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '');
}

/** What of the marks around a word is heard: pauses, the end, brackets and quotes. */
export const heardMarks = (marks: string): string =>
  Array.from(marks, mark => MARKS.get(mark) ?? mark)
    .join('')
    .replace(/[^.,!?;:'"()-]/g, '');
