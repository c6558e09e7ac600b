/** Sound that stands for words, for servers that stand in for recognizers: each word is a constant amplitude. */
const WORDS: Record<number, string> = { 1000: 'apples', 3000: 'bananas', 5000: 'cherries' };
const SECONDS = 0.6;
const RATE = 16_000;
/** Of the same amplitude, for a word. */
const LEAST_SAMPLES = 200;

export function sayingOf(word: string): { pcm: Int16Array; word: RegExp } {
  const level = Number(Object.keys(WORDS).find(key => WORDS[Number(key)] === word));
  return { pcm: new Int16Array(RATE * SECONDS).fill(level), word: new RegExp(word) };
}

/** The words of what was heard: one for each stretch of the same amplitude. */
export function wordsIn(bytes: Buffer): string {
  const words: string[] = [];
  let [before, heard] = [0, 0];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    // What was brought to another rate is not the same to the bit.
    const level = Math.round(bytes.readInt16LE(at) / 100) * 100;
    heard = level === before ? heard + 1 : 1;
    if (heard === LEAST_SAMPLES && WORDS[level] !== undefined) words.push(WORDS[level]);
    before = level;
  }
  return words.join(' ');
}
