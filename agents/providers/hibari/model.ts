import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { WordReader } from './phones/word-reader.ts';
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
  readonly #reader: WordReader;

  private constructor(sessions: { front: InferenceSession; decoder: InferenceSession }, reader: WordReader) {
    this.#front = sessions.front;
    this.#decoder = sessions.decoder;
    this.#reader = reader;
  }

  /** @param folder what the set-up has put there */
  static async load(folder: string): Promise<Model> {
    const session = (name: string) => InferenceSession.create(path.join(folder, name), OPTIONS);
    const sessions = { front: await session('front-0.2.1.onnx'), decoder: await session('decoder-0.2.1.onnx') };
    return new Model(sessions, await WordReader.load(folder, OPTIONS));
  }

  /** The phones of these written words, with a space where words end. */
  async phones(words: readonly string[]): Promise<string> {
    const sounded = await this.#reader.sounded(words);
    return sounded
      .map(({ phones, space }) => phones + (space ? ' ' : ''))
      .join('')
      .trim();
  }

  /** @returns undefined where nothing of it can be said */
  async plan(words: readonly string[], rate: number): Promise<Plan | undefined> {
    const symbols = await this.#reader.symbolsOf(words);
    if (!symbols.some(({ symbol }) => isPhone(symbol))) return undefined;
    const ids = BigInt64Array.from([0, ...symbols.map(({ symbol }) => this.#reader.symbols[symbol]!), 0], BigInt);
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
