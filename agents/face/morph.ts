/**
 * Mixes mouths so that their lips meet: every texture is bent until its lips lie where the mix has them, and
 * only then faded. A plain cross-fade shows two mouths at once.
 */
import type { Kernels, Sheet } from './kernels.ts';
import { to256 } from './mix.ts';
import type { Textures } from './textures.ts';

/** The opening of a mouth in its texture, pixels: its corners, and its upper and lower edge half way between. */
export interface Lips {
  left: { x: number; y: number };
  right: { x: number; y: number };
  upper: number;
  lower: number;
}

/** A mouth that is open this far, in pixels, shows its inside fully. */
const OPEN = 5;
/** Skin around all lips that takes part in the bending, as a share of the widest mouth. */
const MARGIN = 0.25;

interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What the kernels know of a column (kernels/morph.as): integers. */
const COLUMN = 9;

export class Morph {
  readonly #kernels: Kernels;
  readonly #lips: Map<string, Lips>;
  readonly #region: Region;
  /** Columns of luma, and of chroma. */
  readonly #luma: number;
  readonly #chroma: number;
  /** Where the lips are to be, and where a texture has them. */
  readonly #aims: number;

  constructor(kernels: Kernels, lips: Map<string, Lips>, width: number, height: number) {
    this.#kernels = kernels;
    this.#lips = lips;
    this.#region = regionOf([...lips.values()], width, height);
    this.#aims = kernels.allocate(12 * 8);
    this.#luma = kernels.allocate(this.#region.width * COLUMN * 4);
    this.#chroma = kernels.allocate((this.#region.width / 2) * COLUMN * 4);
  }

  /** Replaces the middle of `out`, the plain mix of the layers; `parts` are 256ths that sum to 256. */
  mix(names: string[], textures: Textures, parts: number[], out: Sheet, sum: number): void {
    const { run } = this.#kernels;
    const { x, y, width, height } = this.#region;
    const lips = names.map(name => this.#lips.get(name));
    if (!lips.every(l => l !== undefined)) return;
    const goal = meanLips(lips, parts);
    // Closed lips have no inside to show: between the lips only open mouths count.
    // As long as that inside is a mere slit, it fades in, or its edges would sparkle.
    const slit = 1 - Math.min(1, (goal.lower - goal.upper) / OPEN);
    const insides = to256(lips.map((l, n) => parts[n]! * Math.min(1, slit + (l.lower - l.upper) / OPEN)));
    for (const [n, name] of names.entries()) {
      const layer = textures.sheet(name);
      this.#kernels.doubles(this.#aims, 12).set([...numbers(goal), ...numbers(lips[n]!)]);
      run.morphAim(this.#luma, this.#aims, x, y, width, height, 1);
      run.morphAim(this.#chroma, this.#aims, x, y, width, height, 2);
      for (const plane of ['y', 'alpha', 'u', 'v', 'soft'] as const) {
        const scale = plane === 'y' || plane === 'alpha' ? 1 : 2;
        run.morphAdd(
          layer[plane],
          sum + 2 * (out[plane] - out.y),
          out[plane],
          out.width / scale,
          scale === 1 ? this.#luma : this.#chroma,
          x / scale,
          width / scale,
          y / scale,
          (y + height) / scale,
          parts[n]!,
          insides[n]!,
          n === 0,
          n === names.length - 1,
        );
      }
    }
  }
}

function numbers({ left, right, upper, lower }: Lips): number[] {
  return [left.x, left.y, right.x, right.y, upper, lower];
}

function meanLips(lips: Lips[], parts: number[]): Lips {
  const mean = (pick: (l: Lips) => number) => lips.reduce((sum, l, i) => sum + pick(l) * parts[i]!, 0) / 256;
  return {
    left: { x: mean(l => l.left.x), y: mean(l => l.left.y) },
    right: { x: mean(l => l.right.x), y: mean(l => l.right.y) },
    upper: mean(l => l.upper),
    lower: mean(l => l.lower),
  };
}

/** Even pixels around all lips, one pixel inside the texture at least. */
function regionOf(lips: Lips[], width: number, height: number): Region {
  const even = (value: number) => 2 * Math.floor(value / 2);
  const margin = MARGIN * Math.max(...lips.map(l => l.right.x - l.left.x));
  const x = even(Math.max(2, Math.min(...lips.map(l => l.left.x)) - margin));
  const y = even(Math.max(2, Math.min(...lips.map(l => Math.min(l.upper, l.left.y, l.right.y))) - margin));
  const right = even(Math.min(width - 4, Math.max(...lips.map(l => l.right.x)) + margin));
  const bottom = even(Math.min(height - 4, Math.max(...lips.map(l => l.lower)) + margin));
  return { x, y, width: right - x, height: bottom - y };
}
