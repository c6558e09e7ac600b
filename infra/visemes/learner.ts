/** Trains the network of agents/speak/estimate: whole sequences, back-propagation, Adam. */
import { type LayerShape, type LayerWeights, multiply } from '../../agents/speak/estimate/network.ts';
import type { Random } from './random.ts';

interface Trained extends LayerWeights {
  weightGradient: Float32Array;
  biasGradient: Float32Array;
  moments: [weights: Moments, bias: Moments];
}
interface Moments {
  first: Float32Array;
  second: Float32Array;
}

const BETA_1 = 0.9;
const BETA_2 = 0.99;
const DECAY = 1e-4;

export class Learner {
  readonly layers: Trained[];
  #steps = 0;

  constructor(shapes: readonly LayerShape[], random: Random) {
    this.layers = shapes.map(shape => {
      const width = shape.inputs * shape.taps.length;
      const moments = (length: number) => ({ first: new Float32Array(length), second: new Float32Array(length) });
      return {
        ...shape,
        // He's initialisation, for rectified layers.
        weights: Float32Array.from({ length: shape.outputs * width }, () => random.normal() * Math.sqrt(2 / width)),
        bias: new Float32Array(shape.outputs),
        weightGradient: new Float32Array(shape.outputs * width),
        biasGradient: new Float32Array(shape.outputs),
        moments: [moments(shape.outputs * width), moments(shape.outputs)],
      };
    });
  }

  /**
   * Runs `frames` frames (rows of the first layer's inputs) and adds to the gradients what `slope` makes of the
   * outputs: it replaces each output by the loss's derivative.
   */
  learn(inputs: Float32Array, frames: number, slope: (outputs: Float32Array) => void): void {
    const seen: Float32Array[] = [];
    const values: Float32Array[] = [inputs];
    for (const [i, layer] of this.layers.entries()) {
      const spliced = splice(values[i]!, frames, layer);
      const out = new Float32Array(frames * layer.outputs);
      const width = layer.inputs * layer.taps.length;
      for (let t = 0; t < frames; t++) multiply(layer, spliced, t * width, out, t * layer.outputs);
      if (i < this.layers.length - 1) for (let k = 0; k < out.length; k++) if (out[k]! < 0) out[k] = 0;
      seen.push(spliced);
      values.push(out);
    }
    let gradient = values.at(-1)!;
    slope(gradient);
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i]!;
      const back = propagate(layer, gradient, seen[i]!, frames, i > 0);
      if (i === 0) return;
      gradient = unsplice(back, frames, layer);
      const active = values[i]!;
      for (let k = 0; k < gradient.length; k++) if (active[k]! <= 0) gradient[k] = 0;
    }
  }

  /** Moves the weights by what was learnt since the last step (Adam, Kingma and Ba 2015, with decoupled decay). */
  step(rate: number): void {
    this.#steps++;
    const correct1 = 1 - BETA_1 ** this.#steps;
    const correct2 = 1 - BETA_2 ** this.#steps;
    const update = (values: Float32Array, gradient: Float32Array, { first, second }: Moments, decay: number) => {
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]!;
        gradient[i] = 0;
        first[i] = BETA_1 * first[i]! + (1 - BETA_1) * g;
        second[i] = BETA_2 * second[i]! + (1 - BETA_2) * g * g;
        const move = first[i]! / correct1 / (Math.sqrt(second[i]! / correct2) + 1e-8);
        values[i]! -= rate * (move + decay * values[i]!);
      }
    };
    for (const layer of this.layers) {
      update(layer.weights, layer.weightGradient, layer.moments[0], DECAY);
      update(layer.bias, layer.biasGradient, layer.moments[1], 0);
    }
  }
}

function splice(values: Float32Array, frames: number, { inputs, taps }: LayerShape): Float32Array {
  const out = new Float32Array(frames * inputs * taps.length);
  for (let t = 0; t < frames; t++)
    taps.forEach((back, tap) => {
      if (t < back) return;
      out.set(values.subarray((t - back) * inputs, (t - back + 1) * inputs), (t * taps.length + tap) * inputs);
    });
  return out;
}

function unsplice(spliced: Float32Array, frames: number, { inputs, taps }: LayerShape): Float32Array {
  const out = new Float32Array(frames * inputs);
  for (let t = 0; t < frames; t++)
    taps.forEach((back, tap) => {
      if (t < back) return;
      const from = (t * taps.length + tap) * inputs;
      const to = (t - back) * inputs;
      for (let k = 0; k < inputs; k++) out[to + k]! += spliced[from + k]!;
    });
  return out;
}

/** Adds to the layer's gradients; gives the gradient of what it saw, where `further`. */
function propagate(
  layer: Trained,
  gradient: Float32Array,
  seen: Float32Array,
  frames: number,
  further: boolean,
): Float32Array {
  const { weights, weightGradient, biasGradient, outputs } = layer;
  const width = layer.inputs * layer.taps.length;
  const back = new Float32Array(further ? seen.length : 0);
  for (let t = 0; t < frames; t++) {
    const at = t * width;
    for (let o = 0; o < outputs; o++) {
      const g = gradient[t * outputs + o]!;
      if (g === 0) continue;
      biasGradient[o]! += g;
      const row = o * width;
      for (let k = 0; k < width; k++) weightGradient[row + k]! += g * seen[at + k]!;
      if (further) for (let k = 0; k < width; k++) back[at + k]! += g * weights[row + k]!;
    }
  }
  return back;
}
