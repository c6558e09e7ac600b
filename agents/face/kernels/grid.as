// The grid that bends the picture: where its points come from, and the drawing of its cells.
import { behind, fits, offsets, put, ramp, scattered, window } from './sample';

/** Pixels per side of a cell, and around the frame in the composed picture. */
const CELL: i32 = 16;
const PAD: i32 = 16;
/** Steps of the search for a point's origin; errors shrink to under 0.1 px with the steepest of arms. */
const STEPS: i32 = 6;
/** Pixels. Of two neighbours one may have moved by this much when the other has not: far less than a seam. */
const UNSEEN: f32 = 0.13;
/** Pixels per side of the blocks of the sums, and what sampling reaches beyond a rectangle. */
const BLOCK: f32 = 4;
const REACH: f32 = 1;

let width: i32 = 0;
let height: i32 = 0;
let columns: i32 = 0;
let rows: i32 = 0;
/** Composed picture, padded: Y, alpha, U, V, alpha of the chroma. */
let picture: usize = 0;
/** I420. */
let background: usize = 0;
let drawn: usize = 0;
/** Displacement of each grid point, and where it comes from: f32 x, y. */
let shifts: usize = 0;
let origins: usize = 0;
/** Per cell: the corners' origins when it was drawn last, and whether anything of the character was. */
let before: usize = 0;
let shown: usize = 0;
/** Sums of the blocks in which there is some of the character, and in which it is not opaque: u32. */
let some: usize = 0;
let thin: usize = 0;

// Corners of the cell at hand.
let x00: i32 = 0;
let y00: i32 = 0;
let x10: i32 = 0;
let y10: i32 = 0;
let x01: i32 = 0;
let y01: i32 = 0;
let x11: i32 = 0;
let y11: i32 = 0;

export function setGrid(w: i32, h: i32, composed: usize, behindIt: usize, out: usize, by: usize, from: usize): void {
  width = w;
  height = h;
  columns = w / CELL + 1;
  rows = h / CELL + 1;
  picture = composed;
  background = behindIt;
  drawn = out;
  shifts = by;
  origins = from;
}

/** `last` has 8 NaN per cell, `any` a 0. */
export function setPresence(last: usize, any: usize, someSums: usize, thinSums: usize): void {
  before = last;
  shown = any;
  some = someSums;
  thin = thinSums;
}

/** Begins with a grid that is not bent. */
export function clearShifts(): void {
  memory.fill(shifts, 0, <usize>(columns * rows * 8));
}

/** Bends it by a shape (f32 x, y per point) x weight. */
export function addShift(shape: usize, weight: f32): void {
  const w = f32x4.splat(weight);
  const bytes = <usize>(columns * rows * 8);
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(shifts + i, f32x4.add(v128.load(shifts + i), f32x4.mul(v128.load(shape + i), w)));
}

/** Shifts say where a point goes to; drawing needs where it comes from: origin = point - shift(origin). */
export function invert(): void {
  let v: usize = 0;
  const pitch = <usize>columns * 8;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, v += 8) {
      let gx = <f32>column;
      let gy = <f32>row;
      for (let step = 0; step < STEPS; step++) {
        const cx = max<f32>(0, min<f32>(<f32>(columns - 1), gx));
        const cy = max<f32>(0, min<f32>(<f32>(rows - 1), gy));
        const ix = min(columns - 2, <i32>cx);
        const iy = min(rows - 2, <i32>cy);
        const fx = cx - <f32>ix;
        const fy = cy - <f32>iy;
        const at = shifts + (<usize>(iy * columns + ix) << 3);
        const x =
          (load<f32>(at) * (1 - fx) + load<f32>(at, 8) * fx) * (1 - fy) +
          (load<f32>(at + pitch) * (1 - fx) + load<f32>(at + pitch, 8) * fx) * fy;
        const y =
          (load<f32>(at, 4) * (1 - fx) + load<f32>(at, 12) * fx) * (1 - fy) +
          (load<f32>(at + pitch, 4) * (1 - fx) + load<f32>(at + pitch, 12) * fx) * fy;
        gx = <f32>column - x / <f32>CELL;
        gy = <f32>row - y / <f32>CELL;
      }
      store<f32>(origins + v, gx * <f32>CELL);
      store<f32>(origins + v, gy * <f32>CELL, 4);
    }
  }
}

/** Draws the cells that moved, or that one of `count` rectangles (i32 x, y, width, height) touches. */
export function drawGrid(changed: usize, count: i32): void {
  for (let row = 0; row < rows - 1; row++)
    for (let column = 0; column < columns - 1; column++) cell(column, row, changed, count);
}

function cell(column: i32, row: i32, changed: usize, count: i32): void {
  const n = row * columns + column;
  const a = origins + (<usize>n << 3);
  const b = a + (<usize>columns << 3);
  const ax = load<f32>(a);
  const ay = load<f32>(a, 4);
  const bx = load<f32>(a, 8);
  const by = load<f32>(a, 12);
  const cx = load<f32>(b);
  const cy = load<f32>(b, 4);
  const dx = load<f32>(b, 8);
  const dy = load<f32>(b, 12);
  const left = min(min(ax, bx), min(cx, dx));
  const right = max(max(ax, bx), max(cx, dx));
  const top = min(min(ay, by), min(cy, dy));
  const bottom = max(max(ay, by), max(cy, dy));
  if (!moved(before + (<usize>n << 5), a, b) && !touched(changed, count, left, top, right, bottom)) return;
  const present = counted(some, left, top, right, bottom) > 0;
  if (!present && load<u8>(shown + <usize>n) == 0) return;
  store<u8>(shown + <usize>n, <u8>present);
  const solid = counted(thin, left, top, right, bottom) == 0;
  const maxX = (width + 2 * PAD - 2) << 16;
  const maxY = (height + 2 * PAD - 2) << 16;
  x00 = fixed(ax, maxX);
  y00 = fixed(ay, maxY);
  x10 = fixed(bx, maxX);
  y10 = fixed(by, maxY);
  x01 = fixed(cx, maxX);
  y01 = fixed(cy, maxY);
  x11 = fixed(dx, maxX);
  y11 = fixed(dy, maxY);
  luma(<usize>(row * CELL * width + column * CELL), solid, maxX, maxY);
  // Pixels of chroma sit between two of luma, hence a quarter of theirs less.
  x00 = max(0, (x00 >> 1) - 16384);
  y00 = max(0, (y00 >> 1) - 16384);
  x10 = max(0, (x10 >> 1) - 16384);
  y10 = max(0, (y10 >> 1) - 16384);
  x01 = max(0, (x01 >> 1) - 16384);
  y01 = max(0, (y01 >> 1) - 16384);
  x11 = max(0, (x11 >> 1) - 16384);
  y11 = max(0, (y11 >> 1) - 16384);
  chroma(<usize>(width * height + (row * CELL * width) / 4 + (column * CELL) / 2), solid, maxX >> 1, maxY >> 1);
}

/** Whether a corner came from elsewhere when the cell was drawn last, by more than can be seen. */
@inline
function moved(last: usize, a: usize, b: usize): bool {
  const nowA = v128.load(a);
  const nowB = v128.load(b);
  const farA = f32x4.abs(f32x4.sub(v128.load(last), nowA));
  const farB = f32x4.abs(f32x4.sub(v128.load(last, 16), nowB));
  // NaN, before the first picture, is not less either.
  const still = v128.and(f32x4.lt(farA, f32x4.splat(UNSEEN)), f32x4.lt(farB, f32x4.splat(UNSEEN)));
  if (i32x4.all_true(still)) return false;
  v128.store(last, nowA);
  v128.store(last, nowB, 16);
  return true;
}

/** Whether the rectangle of the unbent picture was painted anew. */
function touched(changed: usize, count: i32, left: f32, top: f32, right: f32, bottom: f32): bool {
  for (let i = 0; i < count; i++, changed += 16) {
    const x = <f32>load<i32>(changed);
    const y = <f32>load<i32>(changed, 4);
    const w = <f32>load<i32>(changed, 8);
    const h = <f32>load<i32>(changed, 12);
    if (left <= x + w && right + 1 >= x && top <= y + h && bottom + 1 >= y) return true;
  }
  return false;
}

/** How many marked blocks the rectangle touches. */
function counted(sums: usize, left: f32, top: f32, right: f32, bottom: f32): u32 {
  const across = (width + 3) / 4;
  const down = (height + 3) / 4;
  const x0 = block(left - REACH, across);
  const y0 = block(top - REACH, down);
  const x1 = block(right + REACH, across) + 1;
  const y1 = block(bottom + REACH, down) + 1;
  const pitch = across + 1;
  return sum(sums, y1 * pitch + x1) - sum(sums, y0 * pitch + x1) - sum(sums, y1 * pitch + x0) + sum(sums, y0 * pitch + x0);
}

@inline
function sum(sums: usize, n: i32): u32 {
  return load<u32>(sums + (<usize>n << 2));
}

/** The block of a pixel; the border's continues outside the frame. */
@inline
function block(pixel: f32, count: i32): i32 {
  return min(count - 1, max(0, <i32>floor(pixel / BLOCK)));
}

/** Pixel of the frame -> 65536ths in the padded picture, held inside it. */
@inline
function fixed(pixel: f32, most: i32): i32 {
  return max(0, min(most, <i32>nearest((pixel + <f32>PAD) * 65536)));
}

/** Luma of a cell, to `start` of the drawn picture. */
function luma(start: usize, solid: bool, maxX: i32, maxY: i32): void {
  const stride = width + 2 * PAD;
  const alpha = picture + <usize>(stride * (height + 2 * PAD));
  const downX = (x01 - x00) / CELL;
  const downY = (y01 - y00) / CELL;
  let du = (x10 - x00) / CELL;
  let dv = (y10 - y00) / CELL;
  const moreU = (x11 - x01 - x10 + x00) / (CELL * CELL);
  const moreV = (y11 - y01 - y10 + y00) / (CELL * CELL);
  for (let row = 0; row < CELL; row++, start += <usize>width, du += moreU, dv += moreV) {
    const uLow = ramp(0, du);
    const uHigh = ramp(4 * du, du);
    const vLow = ramp(0, dv);
    const vHigh = ramp(4 * dv, dv);
    let u = x00 + downX * row;
    let v = y00 + downY * row;
    for (let x: usize = 0; x < <usize>CELL; x += 8, u += 8 * du, v += 8 * dv) {
      let y: v128;
      let a: v128 = i16x8.splat(255);
      if (fits(u, v, du, dv)) {
        const x0 = u >> 16;
        const y0 = min(v, v + 7 * dv) >> 16;
        const crosses = max(v, v + 7 * dv) >> 16 != y0;
        const xs = offsets(u & 65535, uLow, uHigh);
        const ys = offsets(v - (y0 << 16), vLow, vHigh);
        const at = <usize>(y0 * stride + x0);
        y = window(picture + at, stride, xs, ys, crosses);
        if (!solid) a = window(alpha + at, stride, xs, ys, crosses);
      } else {
        y = scattered(picture, stride, u, v, du, dv, maxX, maxY);
        if (!solid) a = scattered(alpha, stride, u, v, du, dv, maxX, maxY);
      }
      if (!solid) y = i16x8.add(y, behind(a, v128.load_ext<u8>(background + start + x)));
      put(drawn + start + x, y);
    }
  }
}

/** Chroma of a cell, to `start` in the drawn picture's U. */
function chroma(start: usize, solid: bool, maxX: i32, maxY: i32): void {
  const half = CELL / 2;
  const stride = width / 2 + PAD;
  const area = stride * (height / 2 + PAD);
  const us = picture + <usize>(area * 8);
  const vs = us + area;
  const alpha = vs + area;
  const next = <usize>((width * height) / 4);
  const downX = (x01 - x00) / half;
  const downY = (y01 - y00) / half;
  let du = (x10 - x00) / half;
  let dv = (y10 - y00) / half;
  const moreU = (x11 - x01 - x10 + x00) / (half * half);
  const moreV = (y11 - y01 - y10 + y00) / (half * half);
  for (let row = 0; row < half; row++, start += <usize>(width / 2), du += moreU, dv += moreV) {
    const u = x00 + downX * row;
    const v = y00 + downY * row;
    let cb: v128;
    let cr: v128;
    let a: v128 = i16x8.splat(255);
    if (fits(u, v, du, dv)) {
      const x0 = u >> 16;
      const y0 = min(v, v + 7 * dv) >> 16;
      const crosses = max(v, v + 7 * dv) >> 16 != y0;
      const xs = offsets(u & 65535, ramp(0, du), ramp(4 * du, du));
      const ys = offsets(v - (y0 << 16), ramp(0, dv), ramp(4 * dv, dv));
      const at = <usize>(y0 * stride + x0);
      cb = window(us + at, stride, xs, ys, crosses);
      cr = window(vs + at, stride, xs, ys, crosses);
      if (!solid) a = window(alpha + at, stride, xs, ys, crosses);
    } else {
      cb = scattered(us, stride, u, v, du, dv, maxX, maxY);
      cr = scattered(vs, stride, u, v, du, dv, maxX, maxY);
      if (!solid) a = scattered(alpha, stride, u, v, du, dv, maxX, maxY);
    }
    if (!solid) {
      cb = i16x8.add(cb, behind(a, v128.load_ext<u8>(background + start)));
      cr = i16x8.add(cr, behind(a, v128.load_ext<u8>(background + start + next)));
    }
    put(drawn + start, cb);
    put(drawn + start + next, cr);
  }
}
