import { gainOfDb, levelled, VOICE_LUFS } from '../../speak/level.ts';
import { integratedLufs } from '../../speak/lufs.ts';
import type { VoiceDesign } from '../../speak/ports.ts';
import { bent, intonated } from './intonation.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import { Model, type Plan } from './model.ts';
import { type Shape, shapeOf } from './synth/design.ts';
import { SAMPLE_RATE } from './synth/rates.ts';
import { Waveform } from './synth/waveform.ts';
import { HIBARI_VOICES } from './voices.ts';

/** Designs that are in use; a shape is a few kilobytes. */
const MOST_DESIGNS = 32;
/** Of the noise: the same sentence sounds the same. */
const SEED = 1;
/** A design's loudness is measured with this. */
const SAMPLE =
  'Many people like to walk along the river on a quiet Sunday, don’t you? Gzorbl knows a good place for tea.';
/** Before it is known. */
const FIRST_GAIN = gainOfDb(9);

interface Designed {
  shape: Shape;
  gain: number;
}

/** Does what the process is asked. */
export class Synthesizer {
  readonly #model: Model;
  readonly #sample: Plan;
  readonly #sampleSpectra: { spectra: Float32Array; first: number };
  readonly #waveform = new Waveform();
  readonly #designs = new Map<string, Designed>();

  private constructor(model: Model, sample: Plan, spectra: { spectra: Float32Array; first: number }) {
    this.#model = model;
    this.#sample = sample;
    this.#sampleSpectra = spectra;
  }

  /** What runs for the first time is compiled, and voices are measured: nobody is to wait for either. */
  static async load(folder: string): Promise<Synthesizer> {
    const model = await Model.load(folder);
    const sample = (await model.plan(SAMPLE.split(' '), 1))!;
    const spectra = await model.spectra(sample, { from: 0, to: sample.frames });
    const synthesizer = new Synthesizer(model, sample, spectra);
    for (const design of Object.values(HIBARI_VOICES)) synthesizer.#designed(design);
    return synthesizer;
  }

  async answer(request: HibariRequest): Promise<HibariAnswer> {
    if (request.ask === 'sound') {
      const { plan, from, to, design } = request;
      const spectra = await this.#model.spectra(plan, { from, to });
      return { pcm: this.#sound({ ...spectra, from, to }, plan.f0, design, this.#designed(design)) };
    }
    const { words, rate, pitch, range } = request;
    const plan = await this.#model.plan(words, rate);
    return { plan: plan && intonated(plan, { pitch, range }) };
  }

  #sound(
    frames: { spectra: Float32Array; first: number; from: number; to: number },
    made: Float32Array,
    design: VoiceDesign,
    { shape, gain }: Designed,
  ): Int16Array {
    return levelled(this.#waveform.of(frames, { made, heard: bent(made, design) }, shape, SEED), gain);
  }

  #designed(design: VoiceDesign): Designed {
    const key = JSON.stringify(design);
    const known = this.#designs.get(key);
    if (known !== undefined) return known;
    const shape = shapeOf(design);
    const frames = { ...this.#sampleSpectra, from: 0, to: this.#sample.frames };
    const pcm = this.#sound(frames, this.#sample.f0, design, { shape, gain: FIRST_GAIN });
    const gain = FIRST_GAIN * gainOfDb(VOICE_LUFS - integratedLufs(pcm, SAMPLE_RATE));
    if (this.#designs.size >= MOST_DESIGNS) this.#designs.clear();
    this.#designs.set(key, { shape, gain });
    return { shape, gain };
  }
}
