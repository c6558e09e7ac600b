/** What a folder of documents says, found by words (BM25+), kept on disk and up to date. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import MiniSearch from 'minisearch';
import { stemmer } from 'stemmer';
import type { Source } from '../../protocol/conversation.ts';
import { filesIn, readDocument } from './documents.ts';
import { plain, sentencesIn } from './passages.ts';
import { keyOf, Vectors } from './vectors.ts';

/** A passage that fits a question. */
export interface Found {
  text: string;
  source: Source;
  /** Share of the question's weighty words that are in it, 0..1: rare words weigh more. */
  covers: number;
  /** The sentence of it that fits best. */
  quote: string;
  /** How alike its meaning is, cosine; absent: nobody knows. */
  near?: number;
}

/** A question, with its meaning where somebody makes vectors. */
export interface Meaning {
  vector: Float32Array;
  /** Below this it is another subject. */
  near: number;
}

interface Entry extends Source {
  id: string;
  text: string;
}

/** Written into the name of the index: another form is made anew. */
const FORM = 1;
const MOST_FOUND = 3;
/** Of each way of finding, so many count; and how much less the next one in a row says (Cormack et al. 2009). */
const MOST_RANKED = 12;
const RANK_SOFTENS = 60;
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

/** Words are stems already; long ones may have a letter wrong. */
const EXACT = { processTerm: (word: string) => word, fuzzy: (word: string) => (word.length > 6 ? 1 : false) };

export class Library {
  readonly #folder: string;
  readonly #kept: string;
  readonly #report: (problem: string) => void;
  #index = new MiniSearch<Entry>(OPTIONS);
  /** Passages of each file, and its stamp. */
  #files = new Map<string, { stamp: string; ids: string[] }>();
  #isRead = false;
  #vectors: { identity: string; of: Vectors } | undefined;

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

  /** Passages that have no vector of this embedder yet. */
  async unembedded(identity: string, most: number): Promise<string[]> {
    const vectors = await this.#vectorsOf(identity);
    return [...this.#texts()].filter(text => !vectors.has(keyOf(text))).slice(0, most);
  }

  /** Takes the vectors of passages. */
  async embedded(identity: string, texts: readonly string[], vectors: readonly Float32Array[]): Promise<void> {
    const added = new Map(texts.flatMap((text, i) => (vectors[i] === undefined ? [] : [[keyOf(text), vectors[i]]])));
    await (await this.#vectorsOf(identity)).add(added, new Set([...this.#texts()].map(keyOf)));
  }

  /** The passages that fit a question best, by its words and, where it is known, by what it means; none, where nothing does. */
  find(question: string, meaning?: Meaning): Found[] {
    const wanted = [...new Set(termsOf(question.replaceAll(HOW, ' ')))].slice(0, MOST_WORDS);
    if (this.#index.documentCount === 0 || (wanted.length === 0 && meaning === undefined)) return [];
    const weights = new Map(wanted.map(each => [each, this.#weight(each)]));
    const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const weigh = (text: string) => {
      const there = new Set(termsOf(text));
      return wanted.reduce((sum, each) => sum + (there.has(each) ? weights.get(each)! : 0), 0) / whole;
    };
    const near = this.#near(meaning);
    const byWords = (wanted.length === 0 ? [] : this.#index.search(wanted.join(' '), EXACT)).slice(0, MOST_RANKED);
    const ranked = fused([byWords.map(({ id }) => id as string), [...near.keys()]]);
    return ranked.slice(0, MOST_FOUND).map(id => {
      const { title, file, heading, text } = this.#index.getStoredFields(id) as unknown as Entry;
      return {
        text,
        source: { title, file, heading },
        covers: wanted.length === 0 ? 0 : weigh(`${heading} ${text}`),
        quote: bestOf(sentencesIn(plain(text)), sentence => (wanted.length === 0 ? 0 : weigh(sentence))),
        ...(near.has(id) && { near: near.get(id)! }),
      };
    });
  }

  /** What is about the same, best first. */
  #near(meaning: Meaning | undefined): Map<string, number> {
    if (meaning === undefined || this.#vectors === undefined) return new Map();
    const ids = new Map([...this.#passages()].map(([id, text]) => [keyOf(text), id]));
    const nearest = this.#vectors.of.nearest(meaning.vector, ids.keys()).slice(0, MOST_RANKED);
    return new Map(nearest.filter(({ near }) => near >= meaning.near).map(({ key, near }) => [ids.get(key)!, near]));
  }

  *#passages(): Generator<[id: string, text: string]> {
    for (const { ids } of this.#files.values())
      for (const id of ids) yield [id, String(this.#index.getStoredFields(id)?.text ?? '')];
  }

  *#texts(): Generator<string> {
    for (const [, text] of this.#passages()) yield text;
  }

  async #vectorsOf(identity: string): Promise<Vectors> {
    if (this.#vectors?.identity !== identity) {
      const name = createHash('sha256').update(identity).digest('hex').slice(0, 8);
      this.#vectors = { identity, of: new Vectors(this.#kept.replace(/\.json$/, `-${name}.vectors.json`)) };
    }
    const { of } = this.#vectors;
    await of.read();
    return of;
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

/** One order made of several: what stands high in any of them, and higher in more of them. */
function fused(orders: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>();
  for (const order of orders)
    for (const [rank, id] of order.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (RANK_SOFTENS + rank));
  return [...scores].sort(([, a], [, b]) => b - a).map(([id]) => id);
}

function bestOf<T>(all: readonly T[], weigh: (one: T) => number): T {
  return all.reduce((best, each) => (weigh(each) > weigh(best) ? each : best), all[0]!);
}
