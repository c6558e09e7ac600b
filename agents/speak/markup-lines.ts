/** What a line is by its beginning: part of a list, a table, a heading, or plain text. */
import { cleaned } from './markup-inline.ts';

export interface LineContext {
  /** The item that the line before belongs to: its number, 0 where it has none; undefined: no list. */
  item: number | undefined;
  /** The line before ends with a colon. */
  introduced: boolean;
  /** Nothing more comes. */
  whole: boolean;
  /** What is undecided may wait for more. */
  patient: boolean;
}

/** So many characters are cut, and this text stands for them. `ends`: that was all of the line. */
export interface Line {
  cut: number;
  text: string;
  ends: boolean;
  item: number | undefined;
}

const DIVIDER = /^[-=_*~#+|:.<>\u2500-\u259f\u2014\u2013\u2022\u00b7\s]+$/u;
const DIVIDES = /[-=_*~#+\u2500-\u259f\u2014\u2013]/u;
const ROW = /^\s*[|\u2502\u2503\u2551]/u;
const CELLS = /[|\u2502\u2503\u2551]/u;
/** A cell that only rules the table. */
const RULED = /^[-:+=\s\u2500-\u257f]*$/u;
const HEADING = /^ {0,3}#{1,6}[ \t]+/;
const QUOTE = /^[ \t]*>[> \t]*/;
const BULLET = /^[ \t]*[-*+\u2022\u25e6\u25aa\u2023\u2013\u2014][ \t]+(?:\[[ xX]\][ \t]+)?/u;
const NUMBER = /^[ \t]*(\d{1,3})[.)][ \t]+/;
/** What may still become one of them. */
const UNDECIDED =
  /^[ \t]*(?:#{1,6}[ \t]*|>[> \t]*|[-*+\u2022\u25e6\u25aa\u2023\u2013\u2014][ \t]*(?:\[[ xX]?\]?[ \t]*)?|\d{1,3}(?:[.)][ \t]*)?|`{1,2}|)$/u;
/** A title between dividers, `=== Soup ===`. */
const TITLE = /^[ \t]*(?:={2,}|~{2,}|\*{3,}|-{3,}|_{3,}|\u2500{2,}|\u2550{2,})[ \t]*(?=[^-=~*_\s\u2500\u2550])/u;

/** Looks at a text that begins a line. */
export function lineAt(rest: string, context: LineContext): Line | 'wait' {
  const end = rest.indexOf('\n');
  const isWhole = end >= 0 || context.whole;
  const line = end < 0 ? rest : rest.slice(0, end);
  const all = { cut: end < 0 ? line.length : end + 1, ends: true };
  if (line.trim() === '') return isWhole ? { ...all, text: '\n', item: context.item } : 'wait';
  if (DIVIDER.test(line) && DIVIDES.test(line) && !ROW.test(line)) {
    // Signs of arithmetic by themselves are no divider, nor is what goes on.
    if (!isWhole) return context.patient || /^[\s*_-]*$/.test(line) ? 'wait' : text(line, 0, context);
    return { ...all, text: '\n', item: undefined };
  }
  if (ROW.test(line)) {
    if (!isWhole) return 'wait';
    return { ...all, text: `${rowOf(line)}\n`, item: undefined };
  }
  if (!isWhole && UNDECIDED.test(line)) return 'wait';
  const title = TITLE.exec(line)?.[0];
  if (title !== undefined) return titleOf(line, title, isWhole, all);
  const mark = HEADING.exec(line)?.[0] ?? QUOTE.exec(line)?.[0];
  if (mark !== undefined) return { cut: mark.length, text: '', ends: false, item: undefined };
  const bullet = BULLET.exec(line)?.[0];
  if (bullet !== undefined) return { cut: bullet.length, text: '', ends: false, item: 0 };
  return numbered(rest, line, context);
}

/** Lists count from one, or on from the line before; any other number at the beginning of a line is said. */
function numbered(rest: string, line: string, context: LineContext): Line | 'wait' {
  const [mark, digits] = NUMBER.exec(line) ?? [];
  if (mark === undefined) return text(line, 0, context);
  const number = Number(digits);
  const follows = context.item !== undefined && (number === context.item + 1 || number === 1);
  const isItem = follows || (number === 1 && (context.introduced || isFollowed(rest, context)));
  if (isItem === 'wait') return 'wait';
  return isItem ? { cut: mark.length, text: '', ends: false, item: number } : text(line, mark.length, context);
}

/** Whether the next line that says something is the list's second. */
function isFollowed(rest: string, { whole, patient }: LineContext): boolean | 'wait' {
  const end = rest.indexOf('\n');
  const next = end < 0 ? '' : rest.slice(end).trimStart();
  if (/^2[.)](?:\s|$)/.test(next)) return true;
  return !whole && patient && (next === '' || next === '2') ? 'wait' : false;
}

const text = (line: string, marked: number, { item }: LineContext): Line => ({
  cut: marked,
  text: line.slice(0, marked),
  ends: false,
  // What is indented belongs to the item before it.
  item: /^\s{2,}/.test(line) ? item : undefined,
});

function titleOf(line: string, title: string, isWhole: boolean, all: { cut: number; ends: boolean }): Line | 'wait' {
  if (!isWhole) return 'wait';
  const words = line.slice(title.length).replace(/(?<![-=~*_\u2500\u2550])[-=~*_\u2500\u2550]{2,}\s*$/u, '');
  return { ...all, text: `${cleaned(words, ' ', '\n')}\n`, item: undefined };
}

/** The cells of a row as a sentence; nothing, where they only rule the table. */
function rowOf(line: string): string {
  return line
    .split(CELLS)
    .filter(cell => !RULED.test(cell))
    .map(cell => cleaned(cell.trim(), ' ', ' ').trim())
    .filter(Boolean)
    .join(', ');
}
