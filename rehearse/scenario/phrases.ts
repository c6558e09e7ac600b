import { type Pattern, PatternReader } from '../../agents/safety/pattern.ts';
import { wordsOf } from '../../agents/safety/words.ts';

/** What is looked for in what somebody says. */
export interface Phrase {
  /** As the scenario writes it. */
  source: string;
  matches(text: string): boolean;
}

const READER = new PatternReader({ classes: {}, fillers: new Set(), negations: new Set(['not', 'never', 'no']) });

/**
 * Words in the pattern language of `agents/safety/pattern.ts`; capitals, accents and commas do not matter, and "don't" is
 * "do not". Throws an Error that says what is wrong with it.
 */
export function readPattern(source: string): Phrase {
  const pattern: Pattern = READER.read(plain(source));
  return {
    source,
    matches: text =>
      sentencesOf(text).some(sentence => {
        const words = wordsOf(sentence);
        return words.some((_, at) => pattern.endsOf(words, at).size > 0);
      }),
  };
}

/** These very characters, whatever their case: for figures and signs. */
export const exactly = (text: string): Phrase => ({
  source: `"${text}"`,
  matches: said => said.toLowerCase().includes(text.toLowerCase()),
});

/** What a text says, sentence by sentence. */
export const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.?!…])\s/)
    .map(sentence => sentence.trim())
    .filter(sentence => sentence !== '');

/** A pattern's words as texts are read: without accents, contractions written out. */
const plain = (source: string): string =>
  source
    .toLowerCase()
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/([\p{L}\p{M}\p{N}'’]+)(\*?)/gu, (word, _, stem) => (stem === '' ? writtenOut(word) : word))
    .normalize('NFD')
    .replace(/\p{M}/gu, '');

function writtenOut(word: string): string {
  const words = wordsOf(word).slice(0, -1);
  return words.length > 1 ? `(${words.join(' ')})` : (words[0] ?? word);
}
