/** What a folder of documents says, found by words (BM25+), kept on disk and up to date. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import MiniSearch from 'minisearch';
import { stemmer } from 'stemmer';
import type { Source } from '../../protocol/conversation.ts';
import { filesIn, readDocument } from './documents.ts';
import { plain, sentencesIn } from './passages.ts';

/** A passage that fits a question. */
export interface Found {
  text: string;
  source: Source;
  /** Share of the question's weighty words that are in it, 0..1: rare words weigh more. */
  covers: number;
  /** The sentence of it that fits best. */
  quote: string;
}

interface Entry extends Source {
  id: string;
  text: string;
}

/** Written into the name of the index: another form is made anew. */
const FORM = 1;
const MOST_FOUND = 3;
/** Of a question, more words are not looked for. */
const MOST_WORDS = 60;

const STOP = new Set(
  `a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of on or
   our so tell that the their them there these they this to us was we were what when where which who why will with would
   you your about please know say said much many any some`.split(/\s+/),
);

/** Asks for what the document does not say in these words: "how long does it take?" */
const HOW = /\bhow (?:long|much|many|often|far|old|late|early|soon|big|large|high|heavy|fast|quickly)\b/gi;

/** Words as they are compared. */
const term = (word: string): string | null => {
  const lower = word
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return lower === '' || STOP.has(lower) ? null : stemmer(lower);
};
const tokens = (text: string): string[] => text.split(/[^\p{L}\p{N}'’]+/u).filter(Boolean);
const termsOf = (text: string): string[] => tokens(text).flatMap(word => term(word) ?? []);

const OPTIONS = {
  fields: ['heading', 'text'],
  storeFields: ['title', 'file', 'heading', 'text'],
  tokenize: tokens,
  processTerm: term,
  searchOptions: { boost: { heading: 1.5 } },
};

export class Library {
  readonly #folder: string;
  readonly #kept: string;
  readonly #report: (problem: string) => void;
  #index = new MiniSearch<Entry>(OPTIONS);
  /** Passages of each file, and its stamp. */
  #files = new Map<string, { stamp: string; ids: string[] }>();
  #isRead = false;

  /**
   * @param kept folder for what is worked out
   * @param report told of documents that cannot be read
   */
  constructor(folder: string, kept: string, report: (problem: string) => void) {
    this.#folder = folder;
    const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 16);
    this.#kept = path.join(kept, `knowledge-${FORM}-${name}.json`);
    this.#report = report;
  }

  /** Reads what is new or was changed, and forgets what is gone. Throws where the folder cannot be read. */
  async refresh(): Promise<void> {
    if (!this.#isRead) await this.#load();
    const { files, leftOut } = await filesIn(this.#folder);
    if (leftOut.length > 0 && !this.#isRead)
      this.#report(`left out, too large or too many: ${leftOut.slice(0, 5).join(', ')}`);
    this.#isRead = true;
    const present = new Map(files.map(({ name, stamp }) => [name, stamp]));
    let changed = false;
    for (const [name, { stamp, ids }] of this.#files) {
      if (present.get(name) === stamp) continue;
      for (const id of ids) this.#index.discard(id);
      this.#files.delete(name);
      changed = true;
    }
    for (const { name, stamp } of files) {
      if (this.#files.has(name)) continue;
      changed = true;
      this.#files.set(name, { stamp, ids: await this.#add(name) });
    }
    if (changed) await this.#keep();
  }

  /** The passages that fit a question best; none, where nothing does. */
  find(question: string): Found[] {
    const wanted = [...new Set(termsOf(question.replaceAll(HOW, ' ')))].slice(0, MOST_WORDS);
    if (wanted.length === 0 || this.#index.documentCount === 0) return [];
    const weights = new Map(wanted.map(each => [each, this.#weight(each)]));
    const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const weigh = (text: string) => {
      const there = new Set(termsOf(text));
      return wanted.reduce((sum, each) => sum + (there.has(each) ? weights.get(each)! : 0), 0) / whole;
    };
    return this.#index
      .search(wanted.join(' '), { processTerm: word => word, fuzzy: word => (word.length > 6 ? 1 : false) })
      .slice(0, MOST_FOUND)
      .map(({ title, file, heading, text }) => ({
        text,
        source: { title, file, heading },
        covers: weigh(`${heading} ${text}`),
        quote: bestOf(sentencesIn(plain(text)), sentence => weigh(sentence)),
      }));
  }

  /** Rare words say more of what is meant; those that are nowhere most. */
  #weight(word: string): number {
    const count = this.#index.documentCount;
    const inThem = this.#index.search(word, { processTerm: same => same, fields: ['text', 'heading'] }).length;
    return Math.log(1 + (count - inThem + 0.5) / (inThem + 0.5));
  }

  async #add(name: string): Promise<string[]> {
    try {
      const { title, passages } = await readDocument(this.#folder, name);
      const entries = passages.map((passage, i) => ({ ...passage, title, file: name, id: `${name}#${i}` }));
      await this.#index.addAllAsync(entries);
      return entries.map(({ id }) => id);
    } catch (error) {
      this.#report(`${path.join(this.#folder, name)} cannot be read: ${(error as Error).message}`);
      return [];
    }
  }

  async #load(): Promise<void> {
    try {
      const { files, index } = JSON.parse(await fs.readFile(this.#kept, 'utf8'));
      this.#index = await MiniSearch.loadJSAsync<Entry>(index, OPTIONS);
      this.#files = new Map(files);
    } catch {
      // Nothing is kept, or it is broken: all is read.
      this.#index = new MiniSearch<Entry>(OPTIONS);
      this.#files = new Map();
    }
  }

  /** Whole or not at all; what cannot be kept is worked out again after the next start. */
  async #keep(): Promise<void> {
    try {
      await fs.mkdir(path.dirname(this.#kept), { recursive: true });
      const beside = `${this.#kept}.${process.pid}.new`;
      await fs.writeFile(beside, JSON.stringify({ files: [...this.#files], index: this.#index }));
      await fs.rename(beside, this.#kept);
    } catch (error) {
      this.#report(`what was read of ${this.#folder} cannot be kept: ${(error as Error).message}`);
    }
  }
}

function bestOf<T>(all: readonly T[], weigh: (one: T) => number): T {
  return all.reduce((best, each) => (weigh(each) > weigh(best) ? each : best), all[0]!);
}
