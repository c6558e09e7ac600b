import { PLAIN_DESIGN, type VoiceDesign } from '../../speak/ports.ts';
import { bent, intonated } from './intonation.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import { Model, type Plan } from './model.ts';
import { type Shape, shapeOf } from './synth/design.ts';
import { gainOf, loud } from './synth/level.ts';
import { Waveform } from './synth/waveform.ts';

/** Designs that are in use; a shape is a few kilobytes. */
const SHAPES = 32;
/** Of the noise: the same sentence sounds the same. */
const SEED = 1;

/** Does what the thread is asked. */
export class Synthesizer {
  readonly #model: Model;
  readonly #waveform = new Waveform();
  readonly #shapes = new Map<string, Shape>();

  private constructor(model: Model) {
    this.#model = model;
  }

  static async load(folder: string): Promise<Synthesizer> {
    const synthesizer = new Synthesizer(await Model.load(folder));
    await synthesizer.#warmUp();
    return synthesizer;
  }

  async answer(request: HibariRequest): Promise<HibariAnswer> {
    if (request.ask === 'sound') return { pcm: await this.#sound(request) };
    const { words, rate, pitch, range } = request;
    const plan = await this.#model.plan(words, rate);
    return { plan: plan && intonated(plan, { pitch, range }) };
  }

  async #sound({
    plan,
    from,
    to,
    design,
  }: {
    plan: Omit<Plan, 'spans'>;
    from: number;
    to: number;
    design: VoiceDesign;
  }): Promise<Int16Array> {
    const { spectra, first } = await this.#model.spectra(plan, { from, to });
    const f0 = bent(plan.f0, design);
    const samples = this.#waveform.of({ spectra, first, from, to }, f0, this.#shape(design), SEED);
    return loud(samples, gainOf(design));
  }

  #shape(design: VoiceDesign): Shape {
    const key = `${design.timbre} ${design.breath}`;
    const shape = this.#shapes.get(key) ?? shapeOf(design);
    if (this.#shapes.size >= SHAPES) this.#shapes.clear();
    this.#shapes.set(key, shape);
    return shape;
  }

  /** What runs for the first time is compiled: nobody is to wait for it. */
  async #warmUp(): Promise<void> {
    const plan = await this.#model.plan(['Hello,', 'it', 'is', 'a', 'fine', 'Gzorbl.'], 1);
    for (let i = 0; i < 3; i++) await this.#sound({ plan: plan!, from: 0, to: plan!.frames, design: PLAIN_DESIGN });
  }
}
