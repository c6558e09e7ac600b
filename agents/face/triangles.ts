/**
 * Bent textures. First every pixel learns which triangle holds its centre; then each layer is sampled by the
 * way that triangle maps to it. So each pixel is drawn once per layer, however triangles overlap.
 */
import { LANES, ROUND } from './planes.ts';

/** A triangle of less area (square pixels) has turned over or is a line: it is not drawn. */
const LEAST_AREA = 1e-4;

/** x, y of the three corners. */
export type Corners3 = readonly [x0: number, y0: number, x1: number, y1: number, x2: number, y2: number];

/** Writes `id` to all pixels whose centre lies in the triangle. */
export function mark(ids: Uint16Array, width: number, height: number, c: Corners3, id: number): void {
  const [x0, y0, x1, y1, x2, y2] = c;
  if (area(c) < LEAST_AREA) return;
  // Sorted by y, and by x where that is equal: neighbours walk a shared edge alike, and leave no gap.
  let [ax, ay, bx, by, cx, cy] = [x0, y0, x1, y1, x2, y2];
  if (before(bx, by, ax, ay)) [ax, ay, bx, by] = [bx, by, ax, ay];
  if (before(cx, cy, bx, by)) [bx, by, cx, cy] = [cx, cy, bx, by];
  if (before(bx, by, ax, ay)) [ax, ay, bx, by] = [bx, by, ax, ay];
  const long = (cx - ax) / (cy - ay);
  const upper = (bx - ax) / (by - ay);
  const lower = (cx - bx) / (cy - by);
  const top = Math.max(0, Math.ceil(ay - 0.5));
  const bottom = Math.min(height, Math.ceil(cy - 0.5));
  for (let y = top; y < bottom; y++) {
    const yc = y + 0.5;
    const p = ax + (yc - ay) * long;
    const q = yc < by ? ax + (yc - ay) * upper : bx + (yc - by) * lower;
    const left = Math.max(0, Math.ceil((p < q ? p : q) - 0.5));
    const right = Math.min(width, Math.ceil((p < q ? q : p) - 0.5));
    if (left < right) ids.fill(id, y * width + left, y * width + right);
  }
}

/** Twice the area, negative when it has turned over. */
export function area([x0, y0, x1, y1, x2, y2]: Corners3): number {
  return (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
}

/** Writes u = m0 x + m1 y + m2, v = m3 x + m4 y + m5 for the map from drawn to texture pixels at `m[at]`. */
export function mapping(m: Float64Array, at: number, drawn: Corners3, texture: Corners3): void {
  const [x0, y0, x1, y1, x2, y2] = drawn;
  const [u0, v0, u1, v1, u2, v2] = texture;
  const twice = area(drawn);
  if (twice < LEAST_AREA) return;
  m[at] = ((u1 - u0) * (y2 - y0) - (u2 - u0) * (y1 - y0)) / twice;
  m[at + 1] = ((u2 - u0) * (x1 - x0) - (u1 - u0) * (x2 - x0)) / twice;
  m[at + 2] = u0 - m[at]! * x0 - m[at + 1]! * y0;
  m[at + 3] = ((v1 - v0) * (y2 - y0) - (v2 - v0) * (y1 - y0)) / twice;
  m[at + 4] = ((v2 - v0) * (x1 - x0) - (v1 - v0) * (x2 - x0)) / twice;
  m[at + 5] = v0 - m[at + 3]! * x0 - m[at + 4]! * y0;
}

/** How a layer enters the mix. */
export interface Share {
  /** 256ths per triangle id. */
  parts: Uint16Array;
  /** It starts, or ends, the sum. */
  first: boolean;
  last: boolean;
}

/**
 * Adds a layer to `out`. `scale` is 1 for luma, and 2 for chroma planes, whose pixels are two luma pixels wide:
 * `ids` and mappings are those of luma.
 */
export function addLayer(
  planes: Uint32Array[],
  outs: Uint32Array[],
  width: number,
  height: number,
  scale: 1 | 2,
  ids: Uint16Array,
  mappings: Float64Array,
  share: Share,
): void {
  const odd = scale - 1;
  const pitch = width * scale;
  for (let y = 0; y < height; y++) {
    const row = (y * scale + odd) * pitch + odd;
    const yc = (y + 0.5) * scale;
    let x = 0;
    while (x < width) {
      const id = ids[row + x * scale]!;
      const start = x++;
      while (x < width && ids[row + x * scale]! === id) x++;
      const m = id * 6;
      const xc = (start + 0.5) * scale;
      const u = (mappings[m]! * xc + mappings[m + 1]! * yc + mappings[m + 2]!) / scale - 0.5;
      const v = (mappings[m + 3]! * xc + mappings[m + 4]! * yc + mappings[m + 5]!) / scale - 0.5;
      const line = { u, v, stepU: mappings[m]!, stepV: mappings[m + 3]!, at: y * width + start, count: x - start };
      for (let p = 0; p < planes.length; p++)
        fillRun(planes[p]!, width, height, line, outs[p]!, share.parts[id]!, share.first, share.last);
    }
  }
}

interface Run {
  /** Where it starts in the texture, and the step to the next pixel. */
  u: number;
  v: number;
  stepU: number;
  stepV: number;
  /** First word of `out`, and how many. */
  at: number;
  count: number;
}

/** Words in a row, sampled along a line. */
function fillRun(
  plane: Uint32Array,
  width: number,
  height: number,
  { u: fromU, v: fromV, stepU, stepV, at, count }: Run,
  out: Uint32Array,
  part: number,
  first: boolean,
  last: boolean,
): void {
  const maxU = (width - 1) * 65536 - 1;
  const maxV = (height - 1) * 65536 - 1;
  let u = Math.round(fromU * 65536) | 0;
  let v = Math.round(fromV * 65536) | 0;
  const du = Math.round(stepU * 65536) | 0;
  const dv = Math.round(stepV * 65536) | 0;
  const end = (at + count) | 0;
  for (let i = at | 0; i < end; i++) {
    const su = u < 0 ? 0 : u > maxU ? maxU : u;
    const sv = v < 0 ? 0 : v > maxV ? maxV : v;
    const fx = (su >> 8) & 255;
    const fy = (sv >> 8) & 255;
    const p = (Math.imul(sv >> 16, width) + (su >> 16)) | 0;
    const q = (p + width) | 0;
    const high = ((Math.imul(plane[p]!, 256 - fx) + Math.imul(plane[p + 1]!, fx) + ROUND) >>> 8) & LANES;
    const low = ((Math.imul(plane[q]!, 256 - fx) + Math.imul(plane[q + 1]!, fx) + ROUND) >>> 8) & LANES;
    const word = ((Math.imul(high, 256 - fy) + Math.imul(low, fy) + ROUND) >>> 8) & LANES;
    const sum = ((first ? ROUND : out[i]!) + Math.imul(word, part)) | 0;
    out[i] = last ? (sum >>> 8) & LANES : sum;
    u = (u + du) | 0;
    v = (v + dv) | 0;
  }
}

function before(x: number, y: number, otherX: number, otherY: number): boolean {
  return y < otherY || (y === otherY && x < otherX);
}
