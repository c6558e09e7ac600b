/** A sentence ends here, as a word among words. */
export const STOP = '.';
/** What is looked at of one line, words: the end of it, where somebody goes on and on. */
const MOST_WORDS = 120;
const MOST_CHARACTERS = 1500;

/** Words that stand for several, or that a recognizer writes otherwise: apostrophes are gone already. */
const WRITTEN_OUT = new Map(
  Object.entries({
    u: 'you',
    im: 'i am',
    ive: 'i have',
    cant: 'can not',
    cannot: 'can not',
    wont: 'will not',
    aint: 'is not',
    gonna: 'going to',
    goin: 'going',
    wanna: 'want to',
    gotta: 'got to',
    anymore: 'any more',
    cos: 'because',
    youre: 'you are',
    theyre: 'they are',
    theyd: 'they would',
    theres: 'there is',
    hes: 'he is',
    shes: 'she is',
    its: 'it is',
    thats: 'that is',
    whats: 'what is',
    wheres: 'where is',
    everybodys: 'everybody is',
    somebodys: 'somebody is',
    someones: 'someone is',
    mommys: 'mommy is',
    mums: 'mum is',
    moms: 'mom is',
    dads: 'dad is',
    ill: 'ill',
    lets: 'let us',
    noone: 'nobody',
  }),
);
/** Endings behind an apostrophe. */
const ENDINGS = new Map([
  ['m', ' am'],
  ['re', ' are'],
  ['ve', ' have'],
  ['ll', ' will'],
  ['d', ' would'],
  ['s', ' is'],
]);
const NEGATED = /^(is|are|was|were|do|does|did|has|have|had|could|would|should|must|need)nt$/;

/**
 * What was said as plain words: lower case, without accents and commas, contractions written out, sentences closed by
 * {@link STOP}. It reads the same with punctuation and without, typed or transcribed.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(-MOST_CHARACTERS)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replace(/[’‘`´]/g, "'");
  const words: string[] = [];
  for (const [token] of plain.matchAll(/[\p{L}\p{N}']+|[.!?;:…]/gu)) {
    if (/^[.!?;:…]$/.test(token)) {
      if (words.at(-1) !== STOP) words.push(STOP);
    } else words.push(...writtenOut(token));
  }
  if (words.length > 0 && words.at(-1) !== STOP) words.push(STOP);
  return words.slice(-MOST_WORDS);
}

function writtenOut(token: string): string[] {
  const bare = token.replaceAll("'", '');
  if (bare === '') return [];
  // "ill" is a word, "i'll" are two; of "its" nothing is lost when it reads "it is".
  const known = WRITTEN_OUT.get(bare);
  if (known !== undefined && !(bare === 'ill' && token.includes("'"))) return known.split(' ');
  const negated = NEGATED.exec(bare);
  if (negated !== null) return [negated[1]!, 'not'];
  const at = token.lastIndexOf("'");
  const ending = at > 0 ? ENDINGS.get(token.slice(at + 1)) : undefined;
  if (ending !== undefined) return [...`${token.slice(0, at).replaceAll("'", '')}${ending}`.split(' ')];
  // French, Italian: "j'ai", "dell'acqua".
  return at > 0 ? token.split("'").filter(Boolean) : [bare];
}
