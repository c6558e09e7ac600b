/**
 * Whether words are nothing but these phrases, one after another: the longest that fits comes first.
 * @param longest words that a phrase has at most
 */
export function isMadeOf(words: readonly string[], phrases: ReadonlySet<string>, longest: number): boolean {
  for (let at = 0; at < words.length; ) {
    let length = Math.min(longest, words.length - at);
    while (length > 0 && !phrases.has(words.slice(at, at + length).join(' '))) length--;
    if (length === 0) return false;
    at += length;
  }
  return words.length > 0;
}
