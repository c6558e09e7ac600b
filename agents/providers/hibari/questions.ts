/** Words that ask for more than yes or no: their questions fall. */
const ASKING: ReadonlySet<string> = new Set('what when where who whom whose which why how'.split(' '));
/** What a question may begin with before it begins. */
const LEADING: ReadonlySet<string> = new Set('and but so well oh now then okay ok'.split(' '));

/** Whether a voice rises at the end of this: a question for yes or no, or a few words that ask. */
export function rises(words: readonly string[]): boolean {
  if (!/\?["')\]]*$/.test(words.at(-1)?.slice(-8) ?? '')) return false;
  const plain = words.map(word => word.toLowerCase().replace(/[^a-z]/g, ''));
  const first = plain.find(word => !LEADING.has(word));
  // One of several falls, too: tea or coffee?
  return first !== undefined && !ASKING.has(first) && !plain.includes('or');
}
