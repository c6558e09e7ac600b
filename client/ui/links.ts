/** A piece of a text: words, or a link with what is shown of it. */
export type Piece = { text: string; href?: string };

/** What may stand around a link without being of it. */
const BEFORE = '("\'“‘«<[{';
const AFTER = '.,;:!?…"\'”’»>';
const PAIRS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

const countOf = (text: string, letter: string): number => text.split(letter).length - 1;

/** Only whole addresses of the web, without a name or password that would hide where they lead. */
function addressOf(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  try {
    const { username, password, href } = new URL(text);
    return username === '' && password === '' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** Punctuation at the end is the sentence's; a bracket is the link's where it was opened in it. */
function trimmed(word: string): string {
  const spare = Object.fromEntries(
    Object.entries(PAIRS).map(([closing, opening]) => [closing, countOf(word, closing) - countOf(word, opening)]),
  );
  let end = word.length;
  while (end > 0) {
    const last = word[end - 1]!;
    if (last in spare) {
      if (spare[last]! <= 0) break;
      spare[last]!--;
    } else if (!AFTER.includes(last)) break;
    end--;
  }
  return word.slice(0, end);
}

/** A text in pieces, in which web addresses are links. */
export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  const put = (more: string) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.href === undefined) last.text += more;
    else if (more !== '') pieces.push({ text: more });
  };
  for (const word of text.split(/(\s+)/)) {
    let from = 0;
    while (from < word.length && BEFORE.includes(word[from]!)) from++;
    const shown = trimmed(word.slice(from));
    const href = addressOf(shown);
    if (href === undefined) {
      put(word);
      continue;
    }
    put(word.slice(0, from));
    pieces.push({ text: shown, href });
    put(word.slice(from + shown.length));
  }
  return pieces;
}
