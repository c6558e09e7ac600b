import { type Node, syntaxOf } from './syntax.ts';

/** How a text begins, what is repeated in it until it is long, and how it ends. */
export interface Attack {
  before: string;
  unit: string;
  after: string;
}

/** A character of each kind that patterns tell apart; the plainest of a kind first. */
const ALPHABET = [
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(126 - i)),
  ...'\n\t\r\0\u00a0\u00ad\u0085',
  ...'éÜß’”…–£€°中あกລក',
  ...'\u0301\u200b\u200d\u2028\u202e\ufe0f\ufeff\u20e3\u{1f600}\u{1f3fb}\u{1f1e6}\u{e0041}',
];
/** What makes a pattern fail at last. */
const ENDINGS = ['', '\0', '\n', '!', ' x', 'x', '\n\0'];
const PAIR_ENDINGS = ['', '\0', '\n\0'];
const MOST_EXAMPLES = 120;
/** Characters that all pairs are made of. */
const MOST_PAIRED = 14;

/** Texts that keep a pattern busy if it can be: each of its pieces over and over, then something that does not fit. */
export function attacksOn(source: string, flags: string): Attack[] {
  const tree = syntaxOf(source);
  const fitting = charactersOf(source, flags);
  const attacks = new Map<string, Attack>();
  const add = (before: string, unit: string, endings: readonly string[] = ENDINGS) => {
    if (unit !== '')
      for (const after of endings) attacks.set(JSON.stringify([before, unit, after]), { before, unit, after });
  };
  const characters = new Set<string>([' ', '\n', 'a', '0', '-']);
  /**
   * @param before what stands before the node, once for each way to write it
   * @param behind what follows it
   */
  const visit = (node: Node, before: readonly string[], behind = ''): void => {
    switch (node.type) {
      case 'character':
        for (const each of fitting(node.source)) characters.add(each);
        break;
      case 'choice':
        for (const each of node.of) visit(each, before);
        break;
      case 'empty':
        if (node.body !== undefined) visit(node.body, before);
        break;
      case 'repeat': {
        visit(node.body, before);
        const bodies = examples(node.body, fitting);
        for (const start of before)
          for (const unit of [...bodies, ...ambiguous(bodies)]) {
            add(start, unit);
            add(start, unit, [`${behind}\n`, `${behind}\0`]);
            add('', start + unit);
          }
        break;
      }
      case 'sequence': {
        let starts: string[] = [...before];
        for (const [i, part] of node.parts.entries()) {
          const next = node.parts[i + 1];
          visit(part, starts.slice(0, 3), next === undefined ? behind : examples(next, fitting)[0]);
          starts = few(examples(part, fitting).flatMap(end => starts.map(start => start + end))).slice(0, 6);
          for (const start of starts) add('', start);
        }
      }
    }
  };
  visit(tree, ['']);
  for (const a of characters) add('', a);
  const paired = [...characters].slice(0, MOST_PAIRED);
  for (const a of paired) for (const b of paired) add('', a + b, PAIR_ENDINGS);
  return [...attacks.values()];
}

/** The text of an attack, of about `length` characters. */
export const textOf = ({ before, unit, after }: Attack, length: number): string =>
  before + unit.repeat(Math.max(1, Math.floor((length - before.length - after.length) / unit.length))) + after;

/** Characters that an atom fits: first those that the pattern names elsewhere, for where two pieces fit the same. */
function charactersOf(source: string, flags: string): (atom: string) => string[] {
  const known = new Map<string, string[]>();
  const named = ALPHABET.filter(each => source.includes(each));
  const order = [...new Set([...'a0 \n', ...named, ...ALPHABET])];
  return atom => {
    let found = known.get(atom);
    if (found === undefined) {
      const pattern = new RegExp(`^(?:${atom})$`, flags.replace(/[gy]/g, ''));
      const fits = order.filter(each => pattern.test(each));
      found = atom.length === 1 && fits.includes(atom) ? [atom] : fits.slice(0, 4);
      known.set(atom, found);
    }
    return found;
  };
}

/** Short texts that a piece of a pattern fits; one of nothing where there is none. */
function examples(node: Node, fitting: (atom: string) => string[]): string[] {
  switch (node.type) {
    case 'character':
      return few(fitting(node.source));
    case 'choice':
      return few(node.of.flatMap(each => examples(each, fitting)));
    case 'empty':
      return [''];
    case 'repeat': {
      const bodies = examples(node.body, fitting);
      const some = bodies.map(body => body.repeat(Math.max(1, Math.min(node.least, 64))));
      return few(node.least === 0 ? ['', ...some] : some);
    }
    case 'sequence':
      return node.parts.reduce<string[]>(
        (starts, part) => {
          const ends = examples(part, fitting);
          // All ends behind one start, and all starts before the first and the last: every example has its place.
          return few([
            ...ends.map(end => starts[0]! + end),
            ...starts.flatMap(start => [start + ends[0], start + ends.at(-1)]),
          ]);
        },
        [''],
      );
  }
}

const few = (texts: readonly string[]): string[] => {
  const all = [...new Set(texts)].slice(0, MOST_EXAMPLES);
  return all.length > 0 ? all : [''];
};

/** Texts that can be put together from these in two ways (Sardinas and Patterson): repeated, in 2^n ways. */
function ambiguous(words: readonly string[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  /** What was written one way, and what of it is still to be written the other way. */
  const open = words.flatMap(a =>
    words.flatMap(b => (a !== '' && a !== b && b.startsWith(a) ? [{ text: b, rest: b.slice(a.length) }] : [])),
  );
  for (const { text, rest } of open) {
    if (found.length >= 8 || open.length > 2000) break;
    if (words.includes(rest)) found.push(text);
    if (seen.has(rest)) continue;
    seen.add(rest);
    for (const word of words) {
      if (word === '') continue;
      if (rest.startsWith(word) && rest !== word) open.push({ text, rest: rest.slice(word.length) });
      if (word.startsWith(rest) && rest !== word)
        open.push({ text: text + word.slice(rest.length), rest: word.slice(rest.length) });
    }
  }
  return found;
}
