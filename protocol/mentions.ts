/** Scripts that set no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

const pattern = (term: string) => {
  const literal = term.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return UNSPACED.test(term) ? literal : `(?<![\\p{L}\\p{N}])${literal}s?(?![\\p{L}\\p{N}])`;
};

/** Tells whether a text contains one of these as words of their own, in upper or lower case. */
export function mentioning(terms: Iterable<string>): (text: string) => boolean {
  const patterns = [...new Set([...terms].map(term => term.trim()))].filter(term => term !== '').map(pattern);
  if (patterns.length === 0) return () => false;
  const found = new RegExp(patterns.join('|'), 'iu');
  return text => found.test(text);
}
