/** Scripts that set no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const IN_WORD = /^[\p{L}\p{N}]/u;
const WORD_BEFORE = /[\p{L}\p{N}]$/u;

/** Tells whether a text contains one of these as words of their own, in upper or lower case. */
export function mentioning(terms: Iterable<string>): (text: string) => boolean {
  const wanted = [...new Set([...terms].map(term => term.trim().toLowerCase()))].filter(term => term !== '');
  return text => {
    const lower = text.toLowerCase();
    return wanted.some(term => (UNSPACED.test(term) ? lower.includes(term) : standsIn(lower, term)));
  };
}

/** As a word of its own, or as several of it. */
function standsIn(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const end = at + term.length;
    // Two places are enough for a letter beyond the basic plane.
    if (WORD_BEFORE.test(text.slice(Math.max(0, at - 2), at))) continue;
    if (!IN_WORD.test(text.slice(end, end + 2))) return true;
    if (text[end] === 's' && !IN_WORD.test(text.slice(end + 1, end + 3))) return true;
  }
  return false;
}
