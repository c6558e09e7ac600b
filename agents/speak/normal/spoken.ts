/** From what is written to what is said, word by word. */
import { dialled, dialledPart } from './addresses.ts';
import { ENGLISH } from './english.ts';
import { heardMarks, inLetters, type Letters } from './letters.ts';
import type { Language, Place, Token, Word } from './ports.ts';

export interface SpokenOptions {
  /** Which the voice reads; others are put into them, or are silent. */
  letters?: Letters;
  language?: Language;
}

/** A longer word is nothing that is read. */
const LONGEST_WORD = 400;
/** They belong to a number behind them, or to a name. */
const NUMBER_LEADS: ReadonlySet<string> = new Set("-−–+±~≈<>≤≥√=×÷'’‘");
const NAME_LEADS: ReadonlySet<string> = new Set('§#@$€£¥₹₩₽₺₴₪₫₿°№');
const NUMBER = /[\d½⅓¼¾.$€£¥]/u;
const TRAILS = /[%‰°+#²³⁰¹⁴⁵⁶⁷⁸⁹″′$€£¥¢₹₽℃℉ºΩ×♯♭]/u;
const READ = /[\p{L}\p{N}]/u;
/** Signs that are words of their own, though they may be marks elsewhere. */
const LONE_SIGN = /^(?:[-–−=*×·⋅÷/+±^<>≤≥≠≈~&@%$€£¥#°→⇒←↔∞√§№©∈]|\*\*|[<>!=]=|[!=]==|->|=>|&&|\|\||:=)$/u;
/** `€/kg`. */
const PER = /^[$€£¥]\/\p{L}/u;
/** Faces made of marks. */
const FACE = /^(?:[:;=8][-^o']?[)(\][DPpOo|\\/*3]{1,3}|<3|\^_*\^|\(:|[xX]D+|-_-|¯\S{0,12})$/;

/** The words of a text, each with what is said for it. Neither end of the text is looked beyond. */
export function spoken(text: string, { letters = 'any', language = ENGLISH }: SpokenOptions = {}): Token[] {
  const written = text.split(/\s+/).filter(Boolean);
  const words = written.map(wordOf);
  const calls = dialled(words);
  return written.map((word, index) => ({
    written: word,
    said: tidy(calls.has(index) ? calledAt(words, index, calls) : saidAt(words, index, language), letters),
  }));
}

/** All that is said, as a voice is given it. */
export const saidOf = (tokens: readonly Token[]): string => joined(tokens).text;

/**
 * All that is said, and where in it each token ends, in letters and digits: a voice may cut it anywhere, and leave out
 * marks and blanks.
 */
export function joined(tokens: readonly Token[]): { text: string; ends: number[] } {
  let text = '';
  let end = 0;
  const ends = tokens.map(({ said }) => {
    const isMark = !READ.test(said);
    // A mark belongs to the word before it, and one is enough.
    if (said === '' || (isMark && (text === '' || /[.,!?;:]$/.test(text)))) return end;
    text += isMark || text === '' ? said : ` ${said}`;
    end += lettersIn(said);
    return end;
  });
  return { text, ends };
}

/** How many letters and digits a text has. */
export const lettersIn = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

function saidAt(words: readonly Word[], index: number, { readers }: Language): string {
  const word = words[index]!;
  const { before, core, after } = word;
  if (core === '') return before + after;
  const [behind, ahead] = [words[index - 1], words[index + 1]];
  const place: Place = {
    ...word,
    words,
    index,
    previous: behind?.after === '' ? behind.core : '',
    next: after === '' || after === '.' ? (ahead?.core ?? '') : '',
  };
  for (const reader of readers) {
    const reading = reader(core, place);
    if (reading === undefined) continue;
    const [said, rest] = typeof reading === 'string' ? [reading, after] : [reading.said, reading.after];
    return before + said + marksBehind(rest, place);
  }
  return before + core + after;
}

/** What is heard of the marks behind a word: no dash, and no bracket that was opened within it. */
const marksBehind = (after: string, { before, core }: Word) => {
  const marks = heardMarks(after).replaceAll('-', '');
  return core.includes('(') && !before.includes('(') ? marks.replace(')', '') : marks;
};

function calledAt(words: readonly Word[], index: number, calls: ReadonlySet<number>): string {
  const { core, after } = words[index]!;
  const last = !calls.has(index + 1);
  return dialledPart(core, last) + (last ? after : '');
}

/** In letters and marks that are heard. */
function tidy(said: string, letters: Letters): string {
  const text = inLetters(said, letters);
  return READ.test(text) ? text.trim() : heardMarks(text);
}

/** What surrounds a word, and the word. */
function wordOf(text: string): Word {
  const whole = (core: string, after = ''): Word => ({ before: '', core, after });
  if (text.length > LONGEST_WORD) return whole(text.replace(/[^\p{L}\p{N}]/gu, '').slice(0, LONGEST_WORD));
  if (FACE.test(text)) return whole('');
  const unstopped = text.replace(/(?<![.,;:!?])[.,;:!?]+$/, '');
  if (LONE_SIGN.test(unstopped)) return whole(unstopped, text.slice(unstopped.length));
  let from = 0;
  let to = text.length;
  while (from < to && !READ.test(text[from]!)) from++;
  while (to > from && !READ.test(text[to - 1]!)) to--;
  if (from === to) return whole('', text);
  if (PER.test(text)) from = 0;
  while (from > 0 && isLead(text[from - 1]!, text[from]!, text[from - 2], to - from === 1)) from--;
  while (to < text.length && TRAILS.test(text[to]!)) to++;
  if (text[to] === '/' && /^w$/i.test(text.slice(from, to))) to++;
  // Stops and dashes before a word are of the word before it.
  return {
    before: heardMarks(text.slice(0, from)).replace(/[-.,]/g, ''),
    core: text.slice(from, to),
    after: text.slice(to),
  };
}

/** Whether a sign belongs to what follows it: `−5`, `.NET`, `#5`, `'90s`. */
function isLead(sign: string, next: string, before: string | undefined, isVariable: boolean): boolean {
  if (sign === '.') return before === undefined && READ.test(next);
  if (NUMBER_LEADS.has(sign)) return NUMBER.test(next) || (/[-−]/.test(sign) && isVariable);
  return NAME_LEADS.has(sign);
}
