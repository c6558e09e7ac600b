import fs from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Phonemizer, type Sounded } from './phones/phonemizer.ts';
import { Readings, WordList } from './phones/readings.ts';
import { Table } from './phones/table.ts';
import { Tagger } from './phones/tagger.ts';
import { UnknownWords } from './phones/unknown-words.ts';
import { AFTER, BEFORE } from './synth/waveform.ts';
import { isPhone, type Span, spansOf } from './timing.ts';

/** Where the model is taken apart: what is known of frames, and what their sound is made of. */
const FEATURES = '/Concat_43_output_0';
const SPECTRA = '/head/Add_output_0';
const DURATIONS = '/Clip_output_0';
/** Figures for each frame; the last two are logarithm of the pitch, and energy. */
export const FIGURES = 130;
/** Frames in one unit of a phone's duration. */
const UNIT = 2;
/** Frames on either side that a frame's spectra depend on: nine convolutions of seven frames. */
const REACH = 27;
/** No thread of its own beside ours: one sentence at a time is made on one core. */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
  enableMemPattern: false,
};

/** A sentence before its sound is made. */
export interface Plan {
  /** {@link FIGURES} rows of `frames` numbers. */
  features: Float32Array;
  frames: number;
  /** Hz by frame; 0 or less where there is no voice. */
  f0: Float32Array;
  /** Frames without those of silence at both ends. */
  spans: Span[];
}

/** The model's sessions and the word lists, some 40 MB. */
export class Model {
  readonly #front: InferenceSession;
  readonly #decoder: InferenceSession;
  readonly #symbols: Readonly<Record<string, number>>;
  readonly #phonemizer: Phonemizer;
  readonly #unknown: UnknownWords;

  private constructor(
    sessions: { front: InferenceSession; decoder: InferenceSession },
    symbols: Readonly<Record<string, number>>,
    phonemizer: Phonemizer,
    unknown: UnknownWords,
  ) {
    this.#front = sessions.front;
    this.#decoder = sessions.decoder;
    this.#symbols = symbols;
    this.#phonemizer = phonemizer;
    this.#unknown = unknown;
  }

  /** @param folder what the set-up has put there */
  static async load(folder: string): Promise<Model> {
    const file = (name: string) => path.join(folder, name);
    const json = (name: string) => JSON.parse(fs.readFileSync(file(name), 'utf8'));
    const table = (name: string) => Table.read(file(name));
    const session = (name: string) => InferenceSession.create(file(name), OPTIONS);
    const sessions = { front: await session('front-0.2.1.onnx'), decoder: await session('decoder-0.2.1.onnx') };
    const phonemizer = new Phonemizer({
      exceptions: json('exceptions.json'),
      tagger: new Tagger({
        known: table('tags.tsv'),
        frequent: table('tag-words.tsv'),
        weights: table('tag-weights.tsv'),
      }),
      readings: new Readings(new WordList(table('gold.tsv')), new WordList(table('silver.tsv'))),
    });
    const unknown = new UnknownWords(await session('unknown-words.onnx'), json('unknown-words.json'));
    return new Model(sessions, json('vocab.json'), phonemizer, unknown);
  }

  /** The phones of these written words, with a space where words end. */
  async phones(words: readonly string[]): Promise<string> {
    const sounded = await this.#sounded(words);
    return sounded
      .map(({ phones, space }) => phones + (space ? ' ' : ''))
      .join('')
      .trim();
  }

  async #sounded(words: readonly string[]): Promise<Sounded[]> {
    const known = (word: string) => this.#unknown.known(word);
    const { sounded, unread } = this.#phonemizer.sounds(words, known);
    if (unread.size === 0) return sounded;
    await this.#unknown.read(unread);
    return this.#phonemizer.sounds(words, known).sounded;
  }

  /** The model's symbols for these written words; what it does not know is left out. */
  async #symbolsOf(words: readonly string[]): Promise<{ symbol: string; word: number }[]> {
    const sounded = await this.#sounded(words);
    return sounded
      .flatMap(({ phones, word, space }) => [...phones, ...(space ? [' '] : [])].map(symbol => ({ symbol, word })))
      .filter(({ symbol }) => symbol in this.#symbols);
  }

  /** @returns undefined where nothing of it can be said */
  async plan(words: readonly string[], rate: number): Promise<Plan | undefined> {
    const symbols = await this.#symbolsOf(words);
    if (!symbols.some(({ symbol }) => isPhone(symbol))) return undefined;
    const ids = BigInt64Array.from([0, ...symbols.map(({ symbol }) => this.#symbols[symbol]!), 0], BigInt);
    const answer = await this.#front.run({
      ids: new Tensor('int64', ids, [1, ids.length]),
      speed: new Tensor('float32', [rate], [1]),
    });
    const durations = answer[DURATIONS]!.data as Float32Array;
    const f0 = answer.f0!.data as Float32Array;
    // What is heard runs one symbol ahead of the durations: the first one's includes the silence before it.
    const timed = symbols.map((symbol, i) => ({ ...symbol, frames: UNIT * durations[i]! }));
    return {
      features: answer[FEATURES]!.data as Float32Array,
      frames: f0.length,
      f0,
      spans: spansOf(timed),
    };
  }

  /** The spectra of some frames, with those around them that their samples need. */
  async spectra(
    { features, frames }: Pick<Plan, 'features' | 'frames'>,
    { from, to }: { from: number; to: number },
  ): Promise<{ spectra: Float32Array; first: number }> {
    const first = Math.max(0, from - BEFORE - REACH);
    const count = Math.min(frames, to + AFTER + REACH) - first;
    const part = new Float32Array(FIGURES * count);
    for (let row = 0; row < FIGURES; row++)
      part.set(features.subarray(row * frames + first, row * frames + first + count), row * count);
    const answer = await this.#decoder.run({ [FEATURES]: new Tensor('float32', part, [1, FIGURES, count]) });
    return { spectra: answer[SPECTRA]!.data as Float32Array, first };
  }
}
