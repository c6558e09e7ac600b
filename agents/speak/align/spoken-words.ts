/** The words that are looked for in a voice's sound. */
import { saidOf, spoken } from '../normal/spoken.ts';

/**
 * The words of a text as they are said, in lower case; letters that are said one by one, and words that may be, stay
 * in capitals. Empty where nothing is said that is written in Latin letters or digits.
 */
export function spokenWords(text: string): string[] {
  const said = saidOf(spoken(text, { letters: 'plain' }));
  return (said.match(/[A-Za-z']+/g) ?? []).flatMap(word => {
    const letters = word.replace(/^'+|(?<!')'+$/g, '');
    if (letters === '') return [];
    return /^[A-Z]+$/.test(letters) && letters !== 'I' && letters !== 'A' ? letters : letters.toLowerCase();
  });
}
