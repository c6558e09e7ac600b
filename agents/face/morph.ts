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
/** Pixels around all lips that take part in the bending. */
const MARGIN = 16;

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

  constructor(kernels: Kernels, lips: Map<string, Lips>, width: number, height: number) {
    this.#kernels = kernels;
    this.#lips = lips;
    this.#region = regionOf([...lips.values()], width, height);
    this.#luma = kernels.allocate(this.#region.width * COLUMN * 4);
    this.#chroma = kernels.allocate((this.#region.width / 2) * COLUMN * 4);
  }

  /** Replaces the middle of `out`, the plain mix of the layers; `parts` are 256ths that sum to 256. */
  mix(names: string[], textures: Textures, parts: number[], out: Sheet, sum: number): void {
    const lips = names.map(name => this.#lips.get(name));
    if (!lips.every(l => l !== undefined)) return;
    const goal = meanLips(lips, parts);
    // Closed lips have no inside to show: between the lips only open mouths count.
    // As long as that inside is a mere slit, it fades in, or its edges would sparkle.
    const slit = 1 - Math.min(1, (goal.lower - goal.upper) / OPEN);
    const insides = to256(lips.map((l, n) => parts[n]! * Math.min(1, slit + (l.lower - l.upper) / OPEN)));
    for (const [n, name] of names.entries()) {
      const layer = textures.sheet(name);
      this.#aim(goal, lips[n]!, this.#luma, 1);
      this.#aim(goal, lips[n]!, this.#chroma, 2);
      for (const plane of ['y', 'alpha', 'u', 'v', 'soft'] as const) {
        const scale = plane === 'y' || plane === 'alpha' ? 1 : 2;
        this.#kernels.run.morphAdd(
          layer[plane],
          sum + 2 * (out[plane] - out.y),
          out[plane],
          out.width / scale,
          scale === 1 ? this.#luma : this.#chroma,
          this.#region.x / scale,
          this.#region.width / scale,
          this.#region.y / scale,
          (this.#region.y + this.#region.height) / scale,
          parts[n]!,
          insides[n]!,
          n === 0,
          n === names.length - 1,
        );
      }
    }
  }

  /** Prepares to show a texture whose lips are `from` with its lips at `goal`, in planes at 1/scale. */
  #aim(goal: Lips, from: Lips, columns: number, scale: 1 | 2): void {
    const { x, y, width, height } = this.#region;
    const to = this.#kernels.integers(columns, (width / scale) * COLUMN);
    const bottom = y + height - 1;
    for (let i = 0, at = 0; i < width / scale; i++, at += COLUMN) {
      const pixel = x + (i + 0.5) * scale - 0.5;
      const side = (2 * pixel - goal.left.x - goal.right.x) / (goal.right.x - goal.left.x);
      const [upper, lower] = edges(goal, side);
      const [fromUpper, fromLower] = edges(from, side);
      to[at] = toFixed(across(pixel, x, x + width - 1, goal, from), scale);
      to[at + 1] = toFixed(upper, scale);
      to[at + 2] = toFixed(lower, scale);
      stretch(to, at + 3, scale, y, upper, y, fromUpper);
      stretch(to, at + 5, scale, upper, lower, fromUpper, fromLower);
      stretch(to, at + 7, scale, lower, bottom, fromLower, bottom);
    }
  }
}

/** Rows a..b come from the rows fromA..fromB: writes offset and slope of `from = offset + slope x row`. */
function stretch(to: Int32Array, at: number, scale: number, a: number, b: number, fromA: number, fromB: number): void {
  const slope = b - a > 0.01 ? (fromB - fromA) / (b - a) : 0;
  const first = (a + 0.5) / scale - 0.5;
  to[at] = Math.round(((fromA + 0.5) / scale - 0.5 - slope * first) * 65536);
  to[at + 1] = Math.round(slope * 65536);
}

/** Pixel -> 65536ths of a pixel of a plane at 1/scale. */
function toFixed(pixel: number, scale: number): number {
  return Math.round(((pixel + 0.5) / scale - 0.5) * 65536);
}

/** Where a column comes from: corners meet corners, the region's borders stay. */
function across(x: number, left: number, right: number, goal: Lips, from: Lips): number {
  const between = (a: number, b: number, fromA: number, fromB: number) => fromA + ((x - a) * (fromB - fromA)) / (b - a);
  if (x < goal.left.x) return between(left, goal.left.x, left, from.left.x);
  if (x > goal.right.x) return between(goal.right.x, right, from.right.x, right);
  return between(goal.left.x, goal.right.x, from.left.x, from.right.x);
}

/** Rows of the upper and lower edge at -1 (left corner) .. 1; beyond the corners both run level. */
function edges(lips: Lips, side: number): [upper: number, lower: number] {
  const s = Math.min(1, Math.max(-1, side));
  const chord = ((1 - s) * lips.left.y + (1 + s) * lips.right.y) / 2;
  const bow = 1 - s * s;
  const middle = (lips.left.y + lips.right.y) / 2;
  return [chord + (lips.upper - middle) * bow, chord + (lips.lower - middle) * bow];
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
  const x = even(Math.max(2, Math.min(...lips.map(l => l.left.x)) - MARGIN));
  const y = even(Math.max(2, Math.min(...lips.map(l => Math.min(l.upper, l.left.y, l.right.y))) - MARGIN));
  const right = even(Math.min(width - 4, Math.max(...lips.map(l => l.right.x)) + MARGIN));
  const bottom = even(Math.min(height - 4, Math.max(...lips.map(l => l.lower)) + MARGIN));
  return { x, y, width: right - x, height: bottom - y };
}
