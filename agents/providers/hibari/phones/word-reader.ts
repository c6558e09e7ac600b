import fs from 'node:fs';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { Phonemizer, type Sounded } from './phonemizer.ts';
import { Readings, WordList } from './readings.ts';
import { Table } from './table.ts';
import { Tagger } from './tagger.ts';
import { UnknownWords } from './unknown-words.ts';

/** Reads English words: the word lists, and a network for words that are in none of them. */
export class WordReader {
  /** Of each phone, the number by which models know it. */
  readonly symbols: Readonly<Record<string, number>>;
  readonly #phonemizer: Phonemizer;
  readonly #unknown: UnknownWords;

  private constructor(symbols: Readonly<Record<string, number>>, phonemizer: Phonemizer, unknown: UnknownWords) {
    this.symbols = symbols;
    this.#phonemizer = phonemizer;
    this.#unknown = unknown;
  }

  /** @param folder where the set-up has put hibari's files */
  static async load(folder: string, options: InferenceSession.SessionOptions): Promise<WordReader> {
    const file = (name: string) => path.join(folder, name);
    const json = (name: string) => JSON.parse(fs.readFileSync(file(name), 'utf8'));
    const table = (name: string) => Table.read(file(name));
    const phonemizer = new Phonemizer({
      exceptions: json('exceptions.json'),
      tagger: new Tagger({
        known: table('tags.tsv'),
        frequent: table('tag-words.tsv'),
        weights: table('tag-weights.tsv'),
      }),
      readings: new Readings(new WordList(table('gold.tsv')), new WordList(table('silver.tsv'))),
    });
    const network = await InferenceSession.create(file('unknown-words.onnx'), options);
    return new WordReader(json('vocab.json'), phonemizer, new UnknownWords(network, json('unknown-words.json')));
  }

  async sounded(words: readonly string[]): Promise<Sounded[]> {
    const known = (word: string) => this.#unknown.known(word);
    const { sounded, unread } = this.#phonemizer.sounds(words, known);
    if (unread.size === 0) return sounded;
    await this.#unknown.read(unread);
    return this.#phonemizer.sounds(words, known).sounded;
  }

  /** The symbols for these written words, with the word that each belongs to; what models do not know is left out. */
  async symbolsOf(words: readonly string[]): Promise<{ symbol: string; word: number }[]> {
    const sounded = await this.sounded(words);
    return sounded
      .flatMap(({ phones, word, space }) => [...phones, ...(space ? [' '] : [])].map(symbol => ({ symbol, word })))
      .filter(({ symbol }) => symbol in this.symbols);
  }
}
