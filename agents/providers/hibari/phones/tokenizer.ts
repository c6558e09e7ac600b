/** Pieces that are always taken apart in one way: `don't` to `do`, `n't`. */
export type Exceptions = Readonly<Record<string, readonly string[]>>;

const BEFORE =
  /^(?:[§%=—–…,:;!?¿¡()[\]{}<>_#*&。？！，、；：～·'"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉$£€¥฿₽₹₩₪₺₴₦₫₱₲₵₸₼₾₿™®©°¶†‡•]|\+(?!\d)|\.\.+|US\$|[CA]\$)/u;
const AFTER =
  /(?:……|['’][sS]|[…,:;!?¿¡()[\]{}<>_#*&。？！，、；：～·'"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉™®©°§¶†‡•—–]|(?<=\d)\+|(?<=\d)(?:US\$|[CA]\$|[$£€¥฿₽₹₩₪₺₴₦₫₱₲₵₸₼₾₿])|(?<=\d)(?:km[²³]?|d?m[²³]?|cm[²³]?|mm[²³]?|ha|[µn]m|yd|in|ft|kg|[mµ]?g|t|lb|oz|m\/s|km\/h|kmh|mph|h?Pa|mbar|mb|[MGT]B|[kg]b|KB|TB|[TGMK]|%)|(?<=[\da-zß-öø-ÿ%²\-+…,:;!?¿¡()[\]{}<>_#*&'"”“`‘´’‚„»«])\.|(?<=[A-ZÀ-ÖØ-Þ]{2})\.)$/u;
/** An ending is looked for in so many characters. */
const LONGEST_ENDING = 8;
const WITHIN =
  /\.\.+|[…™®©°§¶†‡•]|(?<=\d)[+\-*^](?=[\d-])|(?<=[a-zß-öø-ÿ'"”“`‘´’‚„»«])\.(?=[A-ZÀ-ÖØ-Þ'"”“`‘´’‚„»«])|(?<=\p{L}),(?=\p{L})|(?<=[\p{L}\p{N}])(?:-{1,3}|–|——?|~)(?=\p{L})|(?<=[\p{L}\p{N}])[:<>=/](?=\p{L})/gu;

/**
 * A written word (what stands between spaces) taken apart into words and marks, as the word classes and lists expect
 * them: marks are peeled off both ends, then hyphens and the like divide the rest. The rules are spaCy's for English.
 */
export function tokens(word: string, exceptions: Exceptions): string[] {
  const known = (text: string) => (Object.hasOwn(exceptions, text) ? exceptions[text] : undefined);
  const before: string[] = [];
  const after: string[] = [];
  let rest = word;
  while (rest !== '' && known(rest) === undefined) {
    const head = BEFORE.exec(rest)?.[0] ?? '';
    const headless = rest.slice(head.length);
    if (head !== '' && known(headless) !== undefined) {
      before.push(head);
      rest = headless;
      break;
    }
    const tail = endingOf(headless);
    if (head === '' && tail === '') break;
    const tailless = rest.slice(0, rest.length - tail.length);
    if (tail !== '') after.unshift(tail);
    if (tail !== '' && known(tailless) !== undefined) {
      rest = tailless;
      break;
    }
    if (head !== '') before.push(head);
    rest = rest.slice(head.length, rest.length - tail.length);
  }
  const middle = rest === '' ? [] : (known(rest) ?? divided(rest));
  return rejoined([...before, ...middle, ...after], known);
}

function endingOf(text: string): string {
  let dots = 0;
  while (text.at(-1 - dots) === '.') dots += 1;
  return dots > 1 ? '.'.repeat(dots) : (AFTER.exec(text.slice(-LONGEST_ENDING))?.[0] ?? '');
}

function divided(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(WITHIN)) {
    if (index === 0) continue;
    if (index > from) parts.push(text.slice(from, index));
    parts.push(mark);
    from = index + mark.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** Neighbours that together are a known piece: `Sept` and `.`. */
function rejoined(parts: readonly string[], known: (text: string) => readonly string[] | undefined): string[] {
  const joined: string[] = [];
  for (let i = 0; i < parts.length; ) {
    const count = [3, 2].find(n => i + n <= parts.length && known(parts.slice(i, i + n).join('')) !== undefined) ?? 1;
    joined.push(...(count === 1 ? [parts[i]!] : known(parts.slice(i, i + count).join(''))!));
    i += count;
  }
  return joined;
}
