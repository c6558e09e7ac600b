/** A small time-delay neural network, one step per frame: each layer sees its input at some frames of the past. */

export interface LayerShape {
  inputs: number;
  outputs: number;
  /** How many steps back each tap looks; 0 is the newest. */
  taps: readonly number[];
}
export interface LayerWeights extends LayerShape {
  /** `outputs` rows of `taps.length * inputs`. */
  weights: Float32Array;
  bias: Float32Array;
}

/** Runs the layers on one stream. Hidden layers are rectified, the last is linear. What was before the stream is zero. */
export class Network {
  readonly #layers: { layer: LayerWeights; history: Float32Array[]; at: number; seen: Float32Array }[];

  constructor(layers: readonly LayerWeights[]) {
    this.#layers = layers.map(layer => ({
      layer,
      history: Array.from({ length: Math.max(...layer.taps) + 1 }, () => new Float32Array(layer.inputs)),
      at: 0,
      seen: new Float32Array(layer.inputs * layer.taps.length),
    }));
  }

  /** One frame in, one out. */
  step(input: Float32Array): Float32Array {
    let values = input;
    for (const state of this.#layers) {
      const { layer, history, seen } = state;
      history[state.at] = values;
      layer.taps.forEach((back, tap) => {
        seen.set(history[(state.at - back + history.length) % history.length]!, tap * layer.inputs);
      });
      state.at = (state.at + 1) % history.length;
      const out = new Float32Array(layer.outputs);
      multiply(layer, seen, 0, out, 0);
      if (state !== this.#layers.at(-1)) for (let i = 0; i < out.length; i++) if (out[i]! < 0) out[i] = 0;
      values = out;
    }
    return values;
  }
}

/** `out = weights * seen + bias`, four rows at a time: each input is then read once for four products. */
export function multiply(layer: LayerWeights, seen: Float32Array, from: number, out: Float32Array, to: number): void {
  const { weights, bias, outputs } = layer;
  const width = layer.inputs * layer.taps.length;
  for (let row = 0; row < outputs; row += 4) {
    const a = row * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let k = 0; k < width; k++) {
      const x = seen[from + k]!;
      sumA += weights[a + k]! * x;
      sumB += weights[b + k]! * x;
      sumC += weights[c + k]! * x;
      sumD += weights[d + k]! * x;
    }
    out[to + row] = sumA + bias[row]!;
    out[to + row + 1] = sumB + bias[row + 1]!;
    out[to + row + 2] = sumC + bias[row + 2]!;
    out[to + row + 3] = sumD + bias[row + 3]!;
  }
}

interface Header {
  layers: LayerShape[];
}

/**
 * Weights as kept on disk: a JSON header with the layers' shapes, and one binary with, for each layer, the bias
 * (float32), each row's scale (float32) and the rows (int8, padded to four bytes), little-endian.
 */
export function readWeights(header: Header, binary: Uint8Array): LayerWeights[] {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  let at = 0;
  const floats = (count: number) => {
    const read = Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + i * 4, true));
    at += count * 4;
    return read;
  };
  return header.layers.map(shape => {
    const width = shape.inputs * shape.taps.length;
    const bias = floats(shape.outputs);
    const scales = floats(shape.outputs);
    const weights = Float32Array.from(
      { length: shape.outputs * width },
      (_, i) => view.getInt8(at + i) * scales[Math.floor(i / width)]!,
    );
    at += 4 * Math.ceil(weights.length / 4);
    return { ...shape, bias, weights };
  });
}

/** The other direction. */
export function writeWeights(layers: readonly LayerWeights[]): { header: Header; binary: Uint8Array } {
  const parts: Uint8Array[] = [];
  for (const { outputs, bias, weights } of layers) {
    const width = weights.length / outputs;
    const scales = Float32Array.from(
      { length: outputs },
      (_, row) => Math.max(1e-9, ...weights.subarray(row * width, (row + 1) * width).map(Math.abs)) / 127,
    );
    const rows = new Int8Array(4 * Math.ceil(weights.length / 4));
    weights.forEach((weight, i) => {
      rows[i] = Math.round(weight / scales[Math.floor(i / width)]!);
    });
    parts.push(...[bias, scales, rows].map(part => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
  }
  const header = { layers: layers.map(({ inputs, outputs, taps }) => ({ inputs, outputs, taps })) };
  return { header, binary: Buffer.concat(parts) };
}
