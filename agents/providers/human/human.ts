/**
 * `@vladmandic/human` on TensorFlow.js, compiled to WebAssembly with SIMD. Its models come inside its npm package;
 * nothing is downloaded.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Straight RGBA, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** What it says of one face, as far as it was asked. */
export interface HumanFace {
  mesh: [number, number, number][];
  /** Of the square that was cut out for the mesh, pixels. */
  size: [number, number];
  box: [number, number, number, number];
  score: number;
  /** Of the detector: high where the face stands upright. */
  boxScore: number;
  emotion?: { emotion: string; score: number }[];
}
interface HumanLibrary {
  load(): Promise<void>;
  detect(input: object): Promise<{ error: string | null; face: HumanFace[] }>;
}
interface TensorFlow {
  tensor(data: Float32Array, shape: number[], type: 'float32'): { dispose(): void };
}

const off = { enabled: false };
/** Sees no face in grey. */
const BLANK: Picture = { width: 256, height: 256, data: new Uint8ClampedArray(256 * 256 * 4).fill(128) };

/** The models that were asked for, loaded and warm. */
export class Human {
  readonly #human: HumanLibrary;
  readonly #tf: TensorFlow;

  /** @param face the `face` section of the library's configuration */
  static async load(face: object): Promise<Human> {
    const require = createRequire(import.meta.url);
    const tf = require('@tensorflow/tfjs-core') as TensorFlow;
    const backend = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    // Its "exports" name no path of their own: the build for Node with WebAssembly lies beside the main file.
    const dist = path.dirname(require.resolve('@vladmandic/human'));
    const library = require(path.join(dist, 'human.node-wasm.js')) as { Human: new (config: object) => HumanLibrary };
    const human = new library.Human({
      backend: 'wasm',
      wasmPath: `${backend}${path.sep}`,
      modelBasePath: pathToFileURL(`${path.join(dist, '../models')}${path.sep}`).href,
      debug: false,
      warmup: 'none',
      cacheSensitivity: 0,
      filter: off,
      gesture: off,
      body: off,
      hand: off,
      object: off,
      segmentation: off,
      face: { description: off, attention: off, antispoof: off, liveness: off, ...face, enabled: true },
    });
    await withFiles(() => human.load());
    const loaded = new Human(human, tf);
    // The first pictures are slower than all others: the kernels are compiled with them.
    await loaded.faces(BLANK);
    return loaded;
  }

  private constructor(human: HumanLibrary, tf: TensorFlow) {
    this.#human = human;
    this.#tf = tf;
  }

  /** Every face of a picture, in no order. */
  async faces({ width, height, data }: Picture): Promise<HumanFace[]> {
    const rgb = new Float32Array(width * height * 3);
    for (let from = 0, to = 0; to < rgb.length; from += 4) {
      rgb[to++] = data[from]!;
      rgb[to++] = data[from + 1]!;
      rgb[to++] = data[from + 2]!;
    }
    const tensor = this.#tf.tensor(rgb, [1, height, width, 3], 'float32');
    try {
      const { error, face } = await this.#human.detect(tensor);
      if (error !== null) throw new Error(`looking for faces failed: ${error}`);
      return face;
    } finally {
      tensor.dispose();
    }
  }
}

/** It fetches its models, and Node's `fetch` does not read files. */
async function withFiles(work: () => Promise<void>): Promise<void> {
  const usual = globalThis.fetch;
  globalThis.fetch = async (input, init) =>
    String(input).startsWith('file:') ? new Response(await readFile(new URL(String(input)))) : usual(input, init);
  try {
    await work();
  } finally {
    globalThis.fetch = usual;
  }
}
