/**
 * Mixes mouths so that their lips meet: every texture is bent until its lips lie where the mix has them, and
 * only then faded. A plain cross-fade shows two mouths at once.
 */
import { to256 } from './mix.ts';
import { LANES, type Planes, ROUND } from './planes.ts';

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

export class Morph {
  readonly #lips: Map<string, Lips>;
  readonly #region: Region;
  readonly #luma: Bend;
  readonly #chroma: Bend;

  constructor(lips: Map<string, Lips>, width: number, height: number) {
    this.#lips = lips;
    this.#region = regionOf([...lips.values()], width, height);
    this.#luma = new Bend(this.#region, width, 1);
    this.#chroma = new Bend(this.#region, width / 2, 2);
  }

  /** Replaces the middle of `out`, the plain mix of the layers; `parts` are 256ths that sum to 256. */
  mix(names: string[], layers: Planes[], parts: number[], out: Planes): void {
    const lips = names.map(name => this.#lips.get(name));
    if (!lips.every(l => l !== undefined)) return;
    const goal = meanLips(lips, parts);
    // Closed lips have no inside to show: between the lips only open mouths count.
    // As long as that inside is a mere slit, it fades in, or its edges would sparkle.
    const slit = 1 - Math.min(1, (goal.lower - goal.upper) / OPEN);
    const insides = to256(lips.map((l, n) => parts[n]! * Math.min(1, slit + (l.lower - l.upper) / OPEN)));
    for (const [n, layer] of layers.entries()) {
      const step = { part: parts[n]!, inside: insides[n]!, first: n === 0, last: n === layers.length - 1 };
      this.#luma.aim(goal, lips[n]!);
      this.#luma.add(layer.ya, out.ya, step);
      this.#chroma.aim(goal, lips[n]!);
      this.#chroma.add(layer.uv, out.uv, step);
      this.#chroma.add(layer.a, out.a, step);
    }
  }
}

/** Bends one texture's plane. Each column of the region has three stretches: above, between and below the lips. */
class Bend {
  readonly #region: Region;
  readonly #scale: number;
  readonly #stride: number;
  readonly #x: number;
  readonly #y: number;
  readonly #width: number;
  readonly #height: number;
  /** Per column: where it comes from, the rows of the lips, and for each stretch `from = offset + slope x row`. */
  readonly #columns: {
    from: Int32Array;
    upper: Int32Array;
    lower: Int32Array;
    offset: Int32Array[];
    slope: Int32Array[];
  };

  constructor(region: Region, stride: number, scale: number) {
    this.#region = region;
    this.#scale = scale;
    this.#stride = stride;
    this.#x = region.x / scale;
    this.#y = region.y / scale;
    this.#width = region.width / scale;
    this.#height = region.height / scale;
    const ints = () => new Int32Array(this.#width);
    const three = () => [ints(), ints(), ints()];
    this.#columns = { from: ints(), upper: ints(), lower: ints(), offset: three(), slope: three() };
  }

  /** Prepares to show a texture whose lips are `from` with its lips at `goal`. */
  aim(goal: Lips, from: Lips): void {
    const { x, y, width, height } = this.#region;
    const columns = this.#columns;
    const scale = this.#scale;
    const bottom = y + height - 1;
    for (let i = 0; i < this.#width; i++) {
      const pixel = x + (i + 0.5) * scale - 0.5;
      const side = (2 * pixel - goal.left.x - goal.right.x) / (goal.right.x - goal.left.x);
      columns.from[i] = toFixed(across(pixel, x, x + width - 1, goal, from), scale);
      const [upper, lower] = edges(goal, side);
      const [fromUpper, fromLower] = edges(from, side);
      columns.upper[i] = toFixed(upper, scale);
      columns.lower[i] = toFixed(lower, scale);
      this.#stretch(0, i, y, upper, y, fromUpper);
      this.#stretch(1, i, upper, lower, fromUpper, fromLower);
      this.#stretch(2, i, lower, bottom, fromLower, bottom);
    }
  }

  /** Stretch `n` of column `i`: the rows a..b come from the rows fromA..fromB. */
  #stretch(n: number, i: number, a: number, b: number, fromA: number, fromB: number): void {
    const slope = b - a > 0.01 ? (fromB - fromA) / (b - a) : 0;
    const scale = this.#scale;
    const first = (a + 0.5) / scale - 0.5;
    this.#columns.slope[n]![i] = Math.round(slope * 65536);
    this.#columns.offset[n]![i] = Math.round(((fromA + 0.5) / scale - 0.5 - slope * first) * 65536);
  }

  /** Adds the bent plane x part to the region of `out`; the last one turns the sum into words. */
  add(plane: Uint32Array, out: Uint32Array, step: Step): void {
    const { from, upper, lower, offset, slope } = this.#columns;
    const end = this.#y + this.#height;
    for (let i = 0; i < this.#width; i++) {
      const first = Math.max(this.#y, (upper[i]! + 65535) >> 16);
      const second = Math.max(first, (lower[i]! >> 16) + 1);
      const bounds = [this.#y, Math.min(first, end), Math.min(second, end), end];
      for (let n = 0; n < 3; n++) {
        const y = bounds[n]!;
        const rows = bounds[n + 1]! - y;
        const sy = (offset[n]![i]! + Math.imul(slope[n]![i]!, y)) | 0;
        const target = y * this.#stride + this.#x + i;
        addColumn(
          plane,
          out,
          this.#stride,
          target,
          rows,
          from[i]!,
          sy,
          slope[n]![i]!,
          n === 1 ? step.inside : step.part,
          step,
        );
      }
    }
  }
}

interface Step {
  /** 256ths that this layer has outside and between the lips. */
  part: number;
  inside: number;
  /** The first layer starts the sum, the last one ends it. */
  first: boolean;
  last: boolean;
}

/** Adds `rows` words below each other, sampled from column `sx` downwards from `sy` in steps of `slope`. */
function addColumn(
  plane: Uint32Array,
  out: Uint32Array,
  stride: number,
  target: number,
  rows: number,
  sx: number,
  sy: number,
  slope: number,
  part: number,
  { first, last }: Step,
): void {
  const fx = (sx >> 8) & 255;
  const gx = 256 - fx;
  const column = sx >> 16;
  let at = sy | 0;
  let o = target | 0;
  for (let row = 0; row < rows; row++) {
    const fy = (at >> 8) & 255;
    const p = (Math.imul(at >> 16, stride) + column) | 0;
    const q = (p + stride) | 0;
    const high = ((Math.imul(plane[p]!, gx) + Math.imul(plane[p + 1]!, fx) + ROUND) >>> 8) & LANES;
    const low = ((Math.imul(plane[q]!, gx) + Math.imul(plane[q + 1]!, fx) + ROUND) >>> 8) & LANES;
    const word = ((Math.imul(high, 256 - fy) + Math.imul(low, fy) + ROUND) >>> 8) & LANES;
    const sum = ((first ? ROUND : out[o]!) + Math.imul(word, part)) | 0;
    out[o] = last ? (sum >>> 8) & LANES : sum;
    at = (at + slope) | 0;
    o = (o + stride) | 0;
  }
}

/** Pixel -> 65536ths of a word in a plane at 1/scale. */
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
