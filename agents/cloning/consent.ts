/** Of what was heard, words that are looked at. */
const MOST_WORDS = 1000;
/** A word that differs from what was to be said in no more of its letters was misheard, not left out. */
const MISHEARD = 0.34;
/** Scripts that put no space between words: each of their signs counts as one. */
const SIGN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(SIGN, sign => ` ${sign} `)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(word => word !== '')
    .slice(0, MOST_WORDS);

/**
 * The share of a sentence's words that cannot be heard in what somebody said: of the stretch that fits best, whatever
 * stands before and behind it. 0: all of them can.
 */
export function wordErrorRate(sentence: string, heard: string): number {
  const words = wordsOf(sentence);
  return words.length === 0 ? 1 : editsWithin(words, wordsOf(heard), isAlike) / words.length;
}

const isAlike = (word: string, heard: string) =>
  word === heard || editsWithin([...word], [...heard], (a, b) => a === b, true) / word.length <= MISHEARD;

/** Edits that make the best stretch of `text` of `part`; or, with `whole`, all of it. */
function editsWithin<T>(part: readonly T[], text: readonly T[], same: (a: T, b: T) => boolean, whole = false): number {
  let before = Array.from({ length: text.length + 1 }, (_, i) => (whole ? i : 0));
  for (const [row, wanted] of part.entries()) {
    const now = [row + 1];
    for (const [i, found] of text.entries())
      now.push(Math.min(before[i]! + (same(wanted, found) ? 0 : 1), before[i + 1]! + 1, now[i]! + 1));
    before = now;
  }
  return whole ? before.at(-1)! : Math.min(...before);
}
