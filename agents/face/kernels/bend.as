// Textures bent by triangles. First every pixel learns which triangle holds its centre; then each layer is sampled by
// the way that triangle maps to it. So each pixel is drawn once per layer, however triangles overlap.
import { fits, offsets, put, ramp, scattered, window } from './sample';

/** A triangle of less area (square pixels) has turned over or is a line: it is not drawn. */
const LEAST_AREA: f64 = 1e-4;
/** Bytes of a mapping: six f64, u = m0 x + m1 y + m2, v = m3 x + m4 y + m5. */
const MAPPING: usize = 48;

// The triangle at hand.
let ax: f64 = 0;
let ay: f64 = 0;
let bx: f64 = 0;
let by: f64 = 0;
let cx: f64 = 0;
let cy: f64 = 0;

/** Takes the corners of a triangle (u16 indices at `triangle`) from `vertices` (f32 x, y), less x0, y0. */
@inline
function take(vertices: usize, triangle: usize, x0: f64, y0: f64): void {
  const a = vertices + (<usize>load<u16>(triangle) << 3);
  const b = vertices + (<usize>load<u16>(triangle, 2) << 3);
  const c = vertices + (<usize>load<u16>(triangle, 4) << 3);
  ax = <f64>load<f32>(a) - x0;
  ay = <f64>load<f32>(a, 4) - y0;
  bx = <f64>load<f32>(b) - x0;
  by = <f64>load<f32>(b, 4) - y0;
  cx = <f64>load<f32>(c) - x0;
  cy = <f64>load<f32>(c, 4) - y0;
}

/** Sets the flags (bytes) of those listed triangles of which a vertex is not where it was `then`, by `least` pixels. */
export function flagMoved(
  flags: usize,
  triangles: usize,
  list: usize,
  count: i32,
  now: usize,
  then: usize,
  least: f32,
): void {
  for (let n = 0; n < count; n++) {
    const triangle = triangles + <usize>load<u16>(list + (<usize>n << 1)) * 6;
    for (let corner: usize = 0; corner < 6; corner += 2) {
      const at = <usize>load<u16>(triangle + corner) << 3;
      const far = max(
        abs(load<f32>(now + at) - load<f32>(then + at)),
        abs(load<f32>(now + at, 4) - load<f32>(then + at, 4)),
      );
      if (far > least) store<u8>(flags + n, 1);
    }
  }
}

/** Writes id 1, 2.. of the listed triangles (u16 numbers) to all pixels whose centre they hold, and 0 elsewhere. */
export function mark(
  ids: usize,
  width: i32,
  height: i32,
  vertices: usize,
  triangles: usize,
  list: usize,
  count: i32,
  x0: f64,
  y0: f64,
): void {
  memory.fill(ids, 0, <usize>(width * height * 2));
  for (let n = 1; n <= count; n++, list += 2) {
    take(vertices, triangles + <usize>load<u16>(list) * 6, x0, y0);
    if ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay) < LEAST_AREA) continue;
    fill(ids, width, height, <u16>n);
  }
}

/** Sorted by y, and by x where that is equal: neighbours walk a shared edge alike, and leave no gap. */
function fill(ids: usize, width: i32, height: i32, id: u16): void {
  let t: f64;
  if (by < ay || (by == ay && bx < ax)) {
    t = ax; ax = bx; bx = t;
    t = ay; ay = by; by = t;
  }
  if (cy < by || (cy == by && cx < bx)) {
    t = bx; bx = cx; cx = t;
    t = by; by = cy; cy = t;
  }
  if (by < ay || (by == ay && bx < ax)) {
    t = ax; ax = bx; bx = t;
    t = ay; ay = by; by = t;
  }
  const long = (cx - ax) / (cy - ay);
  const upper = (bx - ax) / (by - ay);
  const lower = (cx - bx) / (cy - by);
  const top = max(0, <i32>ceil(ay - 0.5));
  const bottom = min(height, <i32>ceil(cy - 0.5));
  for (let y = top; y < bottom; y++) {
    const yc = <f64>y + 0.5;
    const p = ax + (yc - ay) * long;
    const q = yc < by ? ax + (yc - ay) * upper : bx + (yc - by) * lower;
    const left = max(0, <i32>ceil(min(p, q) - 0.5));
    const right = min(width, <i32>ceil(max(p, q) - 0.5));
    const end = ids + (<usize>(y * width + right) << 1);
    for (let at = ids + (<usize>(y * width + left) << 1); at < end; at += 2) store<u16>(at, id);
  }
}

/** Writes the mappings 1, 2.. of the listed triangles, from where they are `drawn` to where they are in a `texture`. */
export function map(
  mappings: usize,
  drawn: usize,
  texture: usize,
  triangles: usize,
  list: usize,
  count: i32,
  x0: f64,
  y0: f64,
): void {
  for (let n = 1; n <= count; n++, list += 2) {
    const triangle = triangles + <usize>load<u16>(list) * 6;
    take(texture, triangle, x0, y0);
    const u0 = ax;
    const v0 = ay;
    const u1 = bx - ax;
    const v1 = by - ay;
    const u2 = cx - ax;
    const v2 = cy - ay;
    take(drawn, triangle, x0, y0);
    const twice = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (twice < LEAST_AREA) continue;
    const m = mappings + <usize>n * MAPPING;
    const m0 = (u1 * (cy - ay) - u2 * (by - ay)) / twice;
    const m1 = (u2 * (bx - ax) - u1 * (cx - ax)) / twice;
    const m3 = (v1 * (cy - ay) - v2 * (by - ay)) / twice;
    const m4 = (v2 * (bx - ax) - v1 * (cx - ax)) / twice;
    store<f64>(m, m0);
    store<f64>(m, m1, 8);
    store<f64>(m, u0 - m0 * ax - m1 * ay, 16);
    store<f64>(m, m3, 24);
    store<f64>(m, m4, 32);
    store<f64>(m, v0 - m3 * ax - m4 * ay, 40);
  }
}

/**
 * sum += bent plane x the part (u16 of 256 per id) of each pixel's triangle; the last writes the mean to `to`. `ids`
 * and positions are those of luma pixels; `scale` is 1 for luma, 2 for chroma, half as wide and high. What no triangle
 * covers, id 0, is not bent.
 */
export function bendAdd(
  plane: usize,
  sum: usize,
  to: usize,
  width: i32,
  height: i32,
  scale: i32,
  ids: usize,
  mappings: usize,
  parts: usize,
  first: bool,
  last: bool,
): void {
  const odd = scale - 1;
  const pitch = width * scale;
  const size = 65536 / <f64>scale;
  for (let y = 0; y < height; y++) {
    const row = ids + (<usize>((y * scale + odd) * pitch + odd) << 1);
    const yc = (<f64>y + 0.5) * <f64>scale;
    let x = 0;
    while (x < width) {
      const id = load<u16>(row + (<usize>(x * scale) << 1));
      const start = x++;
      while (x < width && load<u16>(row + (<usize>(x * scale) << 1)) == id) x++;
      const at = <usize>(y * width + start);
      const part = <i32>load<u16>(parts + (<usize>id << 1));
      if (id == 0) {
        if (first && last) memory.copy(to + at, plane + at, x - start);
        else for (let i = 0; i < x - start; i += 8)
          add(sum, to, at + i, x - start - i, part, v128.load_ext<u8>(plane + at + i), first, last);
        continue;
      }
      const m = mappings + <usize>id * MAPPING;
      const xc = (<f64>start + 0.5) * <f64>scale;
      const u = (load<f64>(m) * xc + load<f64>(m, 8) * yc + load<f64>(m, 16)) * size - 32768;
      const v = (load<f64>(m, 24) * xc + load<f64>(m, 32) * yc + load<f64>(m, 40)) * size - 32768;
      const du = <i32>nearest(load<f64>(m) * 65536);
      const dv = <i32>nearest(load<f64>(m, 24) * 65536);
      run(plane, sum, to, width, height, <i32>nearest(u), <i32>nearest(v), du, dv, at, x - start, part, first, last);
    }
  }
}

function run(
  plane: usize,
  sum: usize,
  to: usize,
  width: i32,
  height: i32,
  u: i32,
  v: i32,
  du: i32,
  dv: i32,
  at: usize,
  count: i32,
  part: i32,
  first: bool,
  last: bool,
): void {
  const maxU = ((width - 1) << 16) - 1;
  const maxV = ((height - 1) << 16) - 1;
  const uLow = ramp(0, du);
  const uHigh = ramp(4 * du, du);
  const vLow = ramp(0, dv);
  const vHigh = ramp(4 * dv, dv);
  for (let i = 0; i < count; i += 8, u += 8 * du, v += 8 * dv) {
    let values: v128;
    const lastU = u + 7 * du;
    const lastV = v + 7 * dv;
    if (fits(u, v, du, dv) && u >= 0 && lastU <= maxU && min(v, lastV) >= 0 && max(v, lastV) <= maxV) {
      const y0 = min(v, lastV) >> 16;
      const crosses = max(v, lastV) >> 16 != y0;
      const xs = offsets(u & 65535, uLow, uHigh);
      const ys = offsets(v - (y0 << 16), vLow, vHigh);
      values = window(plane + <usize>(y0 * width + (u >> 16)), width, xs, ys, crosses);
    } else values = scattered(plane, width, u, v, du, dv, maxU, maxV);
    add(sum, to, at + i, count - i, part, values, first, last);
  }
}

/** Adds eight values, or the first `count` of them. What is written beyond those to `to` is written again later. */
@inline
function add(sum: usize, to: usize, at: usize, count: i32, part: i32, values: v128, first: bool, last: bool): void {
  if (first && last) {
    put(to + at, values);
    return;
  }
  const start = first ? i16x8.splat(128) : v128.load(sum + 2 * at);
  const now = i16x8.add(start, i16x8.mul(values, i16x8.splat(<i16>part)));
  if (last) put(to + at, i16x8.shr_u(now, 8));
  else {
    const wanted = i16x8.lt_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>min(8, count)));
    v128.store(sum + 2 * at, v128.bitselect(now, v128.load(sum + 2 * at), wanted));
  }
}
