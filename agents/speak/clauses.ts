/** Where a sentence that goes on and on may be cut. */

/** A new thought begins with them. */
const JOINS = new Set(
  'and but or so because when which who where while if although though since until unless then before after as that with without for from in on at by into like than about of to through over under between during'.split(
    ' ',
  ),
);
/** Nobody stops behind them. */
const LEADS_ON = new Set(
  'a an the my your his her its our their this that these those and but or nor so because when which who where while if although since until unless with without for from in on at by into like than about of to through over under between during is are was were be been am do does did has have had will would can could should may might must not very more most some any no every each i you he she we they it as'.split(
    ' ',
  ),
);
/** A clause has so many words, at least. */
const FEWEST = 4;
/** Scripts without blanks: characters. */
const FEWEST_CHARACTERS = 8;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;
/** What stands behind the last blank. */
const LAST_RUN = /(?<!\S)\S+$/;
const PAUSES = /[,;:—–，、；：]["'”’)]*$/u;

const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * Where, in characters, a clause of the text ends; undefined: there is none. Behind a comma, before a conjunction or a
 * preposition; where it is forced, between any two words that may be parted. What may still grow is no word.
 */
export function clauseEnd(text: string, force: boolean): number | undefined {
  const found = [...text.matchAll(/(?<!\S)\S+(?=\s)/g)];
  const said = found.map(([word]) => word);
  const bare = said.map(word => word.toLowerCase().replace(/[^\p{L}\p{N}'’]/gu, ''));
  const last = said.length;
  /** Where the word begins; the one behind the last is not whole yet. */
  const start = (at: number) => found[at]?.index ?? text.length - (LAST_RUN.exec(text)?.[0].length ?? 0);
  const isAside = (at: number) => text.lastIndexOf('(', start(at) - 1) > text.lastIndexOf(')', start(at) - 1);
  const may = (at: number) => !LEADS_ON.has(bare[at - 1] ?? '') && !isAside(at);
  for (let at = last; at >= FEWEST - 1; at--) if (PAUSES.test(said[at - 1]!) && !isAside(at)) return start(at);
  for (let at = last - 1; at >= FEWEST; at--) if (JOINS.has(bare[at]!) && may(at)) return start(at);
  if (!force) return undefined;
  for (let at = last; at >= FEWEST; at--) if (may(at)) return start(at);
  return unspacedEnd(text);
}

/** Between two words of a script that has no blanks. */
function unspacedEnd(text: string): number | undefined {
  if (!UNSPACED.test(text) || text.length < FEWEST_CHARACTERS) return undefined;
  const all = [...words.segment(text)];
  // The last may still grow.
  const at = all.at(-1)?.index ?? 0;
  return at >= FEWEST_CHARACTERS / 2 ? at : undefined;
}
