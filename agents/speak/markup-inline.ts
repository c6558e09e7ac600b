/** Markup within a line. */

/** Tags that are none of the text; `a <b` is. */
const TAG_NAME =
  /^(?:b|i|u|s|em|strong|p|br|hr|a|ul|ol|li|h[1-6]|code|pre|span|div|sub|sup|small|big|mark|del|ins|table|tr|td|th|tbody|thead|blockquote|img|details|summary|q|center|font|speak|break|prosody|emphasis|voice|say-as|audio|kbd|section|article|script|style|html|body|head|title)$/i;
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    '#39': "'",
    nbsp: ' ',
    ndash: '–',
    mdash: '—',
    hellip: '…',
    euro: '€',
    pound: '£',
    deg: '°',
    times: '×',
    copy: '©',
  }),
);
/** Escapes, pictures and links, notes, tags, entities, marks of emphasis; each as a group of its own. */
const MARKS =
  /\\([\\`*_{}[\]()#+.!|<>~$-])|!?\[([^[\]\n]{0,500})\]\([^)[\s]{0,1000}(?: "[^"\n]{0,200}")?\)|(\[\^\w{1,20}\]|【[^【】\n]{0,60}】)|<(https?:\/\/[^\s<>]{1,1000}|[^\s<>@]{1,64}@[^\s<>@]{1,100})>|<\/?([a-z][a-z\d-]{0,20})(?: [^<>\n=]{0,60}=[^<>\n]{0,300})? ?\/?>|&(#?\w{2,8});|(\*+|_+|~+|`+)/gi;
/** What cannot be read: emoji, frames, control characters. */
const UNREADABLE =
  /(?![©®™])\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20e3|(?!\n)\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u2028\u2029\u2500-\u259f]/gu;
/** The beginning of what may be markup, up to the end of the text. */
const OPEN =
  /(?:\\[^\n]?|!?\[[^[\]\n]*(?:\]\([^)[\s]*|\])?|【[^【】\n]*|<(?:[a-z/][^<>\n]*)?|&#?\w{0,8}|(?<![*_~`\\])[*_~`]+\p{L}?|[\ud800-\udbff])$/iu;
/** A picture may begin with it; what is said ends with it where a word is before it. */
const OPEN_PICTURE = /(?<!\S)!$/;
const SPACE = /^\s?$/;

/** Where markup begins that may go on behind the text; else, its end. */
export function isHalfWritten(line: string, before: string): number {
  if (OPEN_PICTURE.test(before + line)) return line.length - 1;
  const last = line.slice(-1200);
  const at = OPEN.exec(last)?.index;
  return at === undefined ? line.length : line.length - last.length + at;
}

/**
 * A part of a line without its markup.
 * @param before the two characters before it
 * @param after the character behind it
 */
export function cleaned(line: string, before: string, after: string): string {
  return line
    .replace(MARKS, (whole, escaped, link, note, address, tag, entity, emphasis, at: number) => {
      if (escaped !== undefined) return escaped;
      if (link !== undefined) return link;
      if (note !== undefined) return '';
      if (address !== undefined) return address;
      if (tag !== undefined) return TAG_NAME.test(tag) ? (/^(?:br|p|li|td|th|div)$/i.test(tag) ? ' ' : '') : whole;
      if (entity !== undefined) return ENTITIES.get(entity.toLowerCase()) ?? whole;
      const end = at + emphasis.length;
      const left = (before + line.slice(Math.max(0, at - 2), at)).slice(-2);
      return isText(emphasis, left, (line.slice(end, end + 2) + after).slice(0, 2)) ? emphasis : '';
    })
    .replace(UNREADABLE, ' ');
}

/** Whether stars and the like are themselves meant. @param left up to two characters before them */
function isText(run: string, left: string, right: string): boolean {
  const [l, r] = [left.at(-1) ?? '', right[0] ?? ''];
  const mark = run[0];
  if (mark === '`' || run.length > 2) return false;
  if (SPACE.test(l) && SPACE.test(r)) return mark === '*' && l !== '\n' && l !== '' && r !== '\n';
  if (mark === '*') {
    if (/[\d)]/.test(l) && /[\d(a-z]/i.test(r)) return true;
    // `a*b`, but not `un*believ*able`.
    const single = (side: string) => /^\p{L}$/u.test(side) || /\P{L}/u.test(side);
    return run.length === 1 && /\p{L}/u.test(l) && /\p{L}/u.test(r) && single(left) && single(right);
  }
  if (mark === '_') return /[\p{L}\p{N}]/u.test(l) && /[\p{L}\p{N}]/u.test(r);
  return run === '~' && /[\d$€£]/.test(r);
}
