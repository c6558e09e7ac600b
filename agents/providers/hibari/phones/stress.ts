/** Stress marks in a word's phones: before the vowel of the syllable that they stress. */

export const PRIMARY = 'ˈ';
export const SECONDARY = 'ˌ';
export const VOWELS: ReadonlySet<string> = new Set('AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ');
export const CONSONANTS: ReadonlySet<string> = new Set('bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ');
/** Phones that last as long as two. */
const LONG: ReadonlySet<string> = new Set('AIOQWYʤʧ');

/** Below -1: without any stress. Undefined: as the word has it. Above 1: with a primary one, whatever it has. */
export type Stress = -2 | -1 | -0.5 | 0 | 0.5 | 1 | 2 | undefined;

/** The same phones with more or less stress. */
export function stressed(phones: string, stress: Stress): string {
  if (stress === undefined) return phones;
  const primary = phones.includes(PRIMARY);
  const marked = primary || phones.includes(SECONDARY);
  if (stress < -1) return phones.replaceAll(PRIMARY, '').replaceAll(SECONDARY, '');
  if (stress === -1 || (stress <= 0 && primary)) return phones.replaceAll(SECONDARY, '').replaceAll(PRIMARY, SECONDARY);
  if (!marked && stress >= 0) return beforeVowel(phones, stress > 1 ? PRIMARY : SECONDARY);
  if (stress >= 1 && !primary && marked) return phones.replaceAll(SECONDARY, PRIMARY);
  return phones;
}

function beforeVowel(phones: string, mark: string): string {
  const at = [...phones].findIndex(phone => VOWELS.has(phone));
  return at < 0 ? phones : phones.slice(0, at) + mark + phones.slice(at);
}

/** How much of a word its phones are: long ones count twice. */
export const weightOf = (phones: string): number =>
  [...phones].reduce((sum, phone) => sum + (LONG.has(phone) ? 2 : 1), 0);
