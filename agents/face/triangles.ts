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
    // Runs are short: a loop is faster than `fill`.
    const end = y * width + right;
    for (let i = y * width + left; i < end; i++) ids[i] = id;
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

/** A plane of a layer and where its words are added: `scale` is 1 for luma, 2 for chroma, half as wide and high. */
export interface Sheet {
  from: Uint32Array;
  to: Uint32Array;
  width: number;
  height: number;
  scale: 1 | 2;
}

/** Adds a layer. `ids` are those of luma pixels, as are the positions that the mappings map; id 0 is not bent. */
export function addLayer(sheet: Sheet, ids: Uint16Array, mappings: Float64Array, share: Share): void {
  const { from, to, width, height, scale } = sheet;
  const { parts, first, last } = share;
  const alone = first && last;
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
      const at = y * width + start;
      if (id === 0) {
        if (alone) copyRun(from, to, at, x - start);
        else addRun(from, to, at, x - start, parts[0]!, first, last);
        continue;
      }
      const m = id * 6;
      const xc = (start + 0.5) * scale;
      const u = (mappings[m]! * xc + mappings[m + 1]! * yc + mappings[m + 2]!) / scale - 0.5;
      const v = (mappings[m + 3]! * xc + mappings[m + 4]! * yc + mappings[m + 5]!) / scale - 0.5;
      const fixedU = Math.round(u * 65536) | 0;
      const fixedV = Math.round(v * 65536) | 0;
      const du = Math.round(mappings[m]! * 65536) | 0;
      const dv = Math.round(mappings[m + 3]! * 65536) | 0;
      if (alone) bendRun(from, width, height, fixedU, fixedV, du, dv, to, at, x - start);
      else bendAdd(from, width, height, fixedU, fixedV, du, dv, to, at, x - start, parts[id]!, first, last);
    }
  }
}

function copyRun(from: Uint32Array, to: Uint32Array, at: number, count: number): void {
  const end = (at + count) | 0;
  for (let i = at | 0; i < end; i++) to[i] = from[i]!;
}

function addRun(
  from: Uint32Array,
  to: Uint32Array,
  at: number,
  count: number,
  part: number,
  first: boolean,
  last: boolean,
): void {
  const end = (at + count) | 0;
  for (let i = at | 0; i < end; i++) {
    const sum = ((first ? ROUND : to[i]!) + Math.imul(from[i]!, part)) | 0;
    to[i] = last ? (sum >>> 8) & LANES : sum;
  }
}

/** Words in a row, sampled along a line; positions are 65536ths, held inside the plane. */
function bendRun(
  plane: Uint32Array,
  width: number,
  height: number,
  fromU: number,
  fromV: number,
  du: number,
  dv: number,
  out: Uint32Array,
  at: number,
  count: number,
): void {
  const maxU = (width - 1) * 65536 - 1;
  const maxV = (height - 1) * 65536 - 1;
  let u = fromU | 0;
  let v = fromV | 0;
  const end = (at + count) | 0;
  for (let i = at | 0; i < end; i++) {
    const su = u < 0 ? 0 : u > maxU ? maxU : u;
    const sv = v < 0 ? 0 : v > maxV ? maxV : v;
    out[i] = sampled(plane, width, su, sv);
    u = (u + du) | 0;
    v = (v + dv) | 0;
  }
}

/** The same as a part of a sum. */
function bendAdd(
  plane: Uint32Array,
  width: number,
  height: number,
  fromU: number,
  fromV: number,
  du: number,
  dv: number,
  out: Uint32Array,
  at: number,
  count: number,
  part: number,
  first: boolean,
  last: boolean,
): void {
  const maxU = (width - 1) * 65536 - 1;
  const maxV = (height - 1) * 65536 - 1;
  let u = fromU | 0;
  let v = fromV | 0;
  const end = (at + count) | 0;
  for (let i = at | 0; i < end; i++) {
    const su = u < 0 ? 0 : u > maxU ? maxU : u;
    const sv = v < 0 ? 0 : v > maxV ? maxV : v;
    const sum = ((first ? ROUND : out[i]!) + Math.imul(sampled(plane, width, su, sv), part)) | 0;
    out[i] = last ? (sum >>> 8) & LANES : sum;
    u = (u + du) | 0;
    v = (v + dv) | 0;
  }
}

function sampled(plane: Uint32Array, width: number, u: number, v: number): number {
  const fx = (u >> 8) & 255;
  const fy = (v >> 8) & 255;
  const p = (Math.imul(v >> 16, width) + (u >> 16)) | 0;
  const q = (p + width) | 0;
  const high = ((Math.imul(plane[p]!, 256 - fx) + Math.imul(plane[p + 1]!, fx) + ROUND) >>> 8) & LANES;
  const low = ((Math.imul(plane[q]!, 256 - fx) + Math.imul(plane[q + 1]!, fx) + ROUND) >>> 8) & LANES;
  return ((Math.imul(high, 256 - fy) + Math.imul(low, fy) + ROUND) >>> 8) & LANES;
}

function before(x: number, y: number, otherX: number, otherY: number): boolean {
  return y < otherY || (y === otherY && x < otherX);
}
