import { setImmediate } from 'node:timers/promises';
import { gainOfDb, levelled, VOICE_LUFS } from '../../speak/level.ts';
import { integratedLufs } from '../../speak/lufs.ts';
import { PLAIN_DESIGN, type VoiceDesign } from '../../speak/ports.ts';
import { bent, intonated, rising } from './intonation.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import { Model, type Plan } from './model.ts';
import { paused } from './pausing.ts';
import { type Shape, shapeOf } from './synth/design.ts';
import { SAMPLE_RATE } from './synth/rates.ts';
import { Waveform } from './synth/waveform.ts';
import { HIBARI_VOICES } from './voices.ts';

/** Designs whose loudness is remembered. */
const MOST_DESIGNS = 32;
/** Of the noise: the same sentence sounds the same. */
const SEED = 1;
/** A design's loudness is measured with this. */
const SAMPLE = 'Many people like to walk along the river on a quiet Sunday. Gzorbl does, too.';
/** Sentences are so much louder than that one, LU. */
const SOFTER = 0.45;
/** Before it is known. */
const FIRST_GAIN = gainOfDb(9);

/** Does what the process is asked. */
export class Synthesizer {
  readonly #model: Model;
  readonly #sample: Plan;
  readonly #sampleSpectra: { spectra: Float32Array; first: number };
  readonly #waveform = new Waveform();
  readonly #gains = new Map<string, number>();

  private constructor(model: Model, sample: Plan, spectra: { spectra: Float32Array; first: number }) {
    this.#model = model;
    this.#sample = sample;
    this.#sampleSpectra = spectra;
  }

  /** What runs for the first time is compiled: nobody is to wait for that. */
  static async load(folder: string): Promise<Synthesizer> {
    const model = await Model.load(folder);
    const sample = (await model.plan(SAMPLE.split(' '), 1))!;
    const spectra = await model.spectra(sample, { from: 0, to: sample.frames });
    const synthesizer = new Synthesizer(model, sample, spectra);
    synthesizer.#gain(PLAIN_DESIGN);
    void synthesizer.#measure(Object.values(HIBARI_VOICES));
    return synthesizer;
  }

  /** Measures voices before they are wanted, one after the other; who asks meanwhile comes first. */
  async #measure(designs: readonly VoiceDesign[]): Promise<void> {
    for (const design of designs) {
      await setImmediate();
      this.#gain(design);
    }
  }

  async answer(request: HibariRequest): Promise<HibariAnswer> {
    if (request.ask === 'sound') {
      const { plan, from, to, design, energy } = request;
      const spectra = await this.#model.spectra(plan, { from, to });
      const gain = this.#gain(design) * energy;
      return { pcm: this.#sound({ ...spectra, from, to }, plan.f0, design, { shape: shapeOf(design, energy), gain }) };
    }
    const { words, manner } = request;
    const plan = await this.#model.plan(words, manner.rate);
    if (plan === undefined) return { plan };
    const tuned = intonated(paused(plan, words, manner.pauses), manner);
    return { plan: manner.rises ? rising(tuned) : tuned };
  }

  #sound(
    frames: { spectra: Float32Array; first: number; from: number; to: number },
    made: Float32Array,
    design: VoiceDesign,
    { shape, gain }: { shape: Shape; gain: number },
  ): Int16Array {
    return levelled(this.#waveform.of(frames, { made, heard: bent(made, design) }, shape, SEED), gain);
  }

  /** What makes a design as loud as all others. */
  #gain(design: VoiceDesign): number {
    const key = JSON.stringify(design);
    const known = this.#gains.get(key);
    if (known !== undefined) return known;
    const frames = { ...this.#sampleSpectra, from: 0, to: this.#sample.frames };
    const pcm = this.#sound(frames, this.#sample.f0, design, { shape: shapeOf(design), gain: FIRST_GAIN });
    const gain = FIRST_GAIN * gainOfDb(VOICE_LUFS - SOFTER - integratedLufs(pcm, SAMPLE_RATE));
    if (this.#gains.size >= MOST_DESIGNS) this.#gains.clear();
    this.#gains.set(key, gain);
    return gain;
  }
}
