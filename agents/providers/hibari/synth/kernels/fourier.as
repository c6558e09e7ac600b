// The complex transform of 600 numbers, Stockham's: 4 × 2 × 3 × 5 × 5. Real and imaginary parts lie apart; all factors
// are in one table, stage by stage: for each branch but the first the cosines of all groups, then the sines.
import { plus, times } from './functions';

const SIN_60: f32 = 0.8660254037844386;
const COS_72: f32 = 0.30901699437494745;
const SIN_72: f32 = 0.9510565162951535;
const COS_144: f32 = -0.8090169943749475;
const SIN_144: f32 = 0.5877852522924731;

let factors: usize = 0;
let otherRe: usize = 0;
let otherIm: usize = 0;

/** `table` as above; working memory for two times 600 floats. */
export function setFourier(table: usize, re: usize, im: usize): void {
  factors = table;
  otherRe = re;
  otherIm = im;
}

// @ts-ignore: decorator
@inline
function at(array: usize, index: i32): usize {
  return array + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline
function minus(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

/** A branch, turned by its factor. */
// @ts-ignore: decorator
@inline
function put(yr: usize, yi: usize, to: i32, re: v128, im: v128, c: v128, s: v128): void {
  v128.store(at(yr, to), minus(times(re, c), times(im, s)));
  v128.store(at(yi, to), plus(times(re, s), times(im, c)));
}

/** First, with a stride of one: four groups at a time, whose results lie side by side. */
function by4(xr: usize, xi: usize, yr: usize, yi: usize, table: usize): void {
  const groups = 150;
  // The last two groups are worked out a second time with those before them.
  for (let i = 0; i < groups; i += 4) {
    const g = min(i, groups - 4);
    const ar = v128.load(at(xr, g));
    const ai = v128.load(at(xi, g));
    const br = v128.load(at(xr, g + groups));
    const bi = v128.load(at(xi, g + groups));
    const cr = v128.load(at(xr, g + 2 * groups));
    const ci = v128.load(at(xi, g + 2 * groups));
    const dr = v128.load(at(xr, g + 3 * groups));
    const di = v128.load(at(xi, g + 3 * groups));
    const acr = plus(ar, cr);
    const aci = plus(ai, ci);
    const amr = minus(ar, cr);
    const ami = minus(ai, ci);
    const bdr = plus(br, dr);
    const bdi = plus(bi, di);
    const bmr = minus(br, dr);
    const bmi = minus(bi, di);
    const r1 = plus(amr, bmi);
    const i1 = minus(ami, bmr);
    const r2 = minus(acr, bdr);
    const i2 = minus(aci, bdi);
    const r3 = minus(amr, bmi);
    const i3 = plus(ami, bmr);
    const c1 = v128.load(at(table, g));
    const c2 = v128.load(at(table, g + groups));
    const c3 = v128.load(at(table, g + 2 * groups));
    const s1 = v128.load(at(table, g + 3 * groups));
    const s2 = v128.load(at(table, g + 4 * groups));
    const s3 = v128.load(at(table, g + 5 * groups));
    transposed(
      at(yr, 4 * g),
      plus(acr, bdr),
      minus(times(r1, c1), times(i1, s1)),
      minus(times(r2, c2), times(i2, s2)),
      minus(times(r3, c3), times(i3, s3)),
    );
    transposed(
      at(yi, 4 * g),
      plus(aci, bdi),
      plus(times(r1, s1), times(i1, c1)),
      plus(times(r2, s2), times(i2, c2)),
      plus(times(r3, s3), times(i3, c3)),
    );
  }
}

/** Stores four rows as columns. */
// @ts-ignore: decorator
@inline
function transposed(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<f64>(ab, cd, 1, 3), 16);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 48);
}

function by2(xr: usize, xi: usize, yr: usize, yi: usize, table: usize, groups: i32, stride: i32): void {
  const half = groups * stride;
  for (let g = 0; g < groups; g++) {
    const c = v128.load32_splat(at(table, g));
    const s = v128.load32_splat(at(table, g + groups));
    for (let q = 0; q < stride; q += 4) {
      const a = q + stride * g;
      const to = q + stride * 2 * g;
      const ar = v128.load(at(xr, a));
      const ai = v128.load(at(xi, a));
      const br = v128.load(at(xr, a + half));
      const bi = v128.load(at(xi, a + half));
      v128.store(at(yr, to), plus(ar, br));
      v128.store(at(yi, to), plus(ai, bi));
      put(yr, yi, to + stride, minus(ar, br), minus(ai, bi), c, s);
    }
  }
}

function by3(xr: usize, xi: usize, yr: usize, yi: usize, table: usize, groups: i32, stride: i32): void {
  const third = groups * stride;
  const sin60 = f32x4.splat(SIN_60);
  const half = f32x4.splat(0.5);
  for (let g = 0; g < groups; g++) {
    const c1 = v128.load32_splat(at(table, g));
    const c2 = v128.load32_splat(at(table, g + groups));
    const s1 = v128.load32_splat(at(table, g + 2 * groups));
    const s2 = v128.load32_splat(at(table, g + 3 * groups));
    for (let q = 0; q < stride; q += 4) {
      const a = q + stride * g;
      const to = q + stride * 3 * g;
      const ar = v128.load(at(xr, a));
      const ai = v128.load(at(xi, a));
      const br = v128.load(at(xr, a + third));
      const bi = v128.load(at(xi, a + third));
      const cr = v128.load(at(xr, a + 2 * third));
      const ci = v128.load(at(xi, a + 2 * third));
      const sr = plus(br, cr);
      const si = plus(bi, ci);
      const mr = minus(ar, times(half, sr));
      const mi = minus(ai, times(half, si));
      const er = times(sin60, minus(bi, ci));
      const ei = times(sin60, minus(cr, br));
      v128.store(at(yr, to), plus(ar, sr));
      v128.store(at(yi, to), plus(ai, si));
      put(yr, yi, to + stride, plus(mr, er), plus(mi, ei), c1, s1);
      put(yr, yi, to + 2 * stride, minus(mr, er), minus(mi, ei), c2, s2);
    }
  }
}

function by5(xr: usize, xi: usize, yr: usize, yi: usize, table: usize, groups: i32, stride: i32): void {
  const fifth = groups * stride;
  const cos72 = f32x4.splat(COS_72);
  const sin72 = f32x4.splat(SIN_72);
  const cos144 = f32x4.splat(COS_144);
  const sin144 = f32x4.splat(SIN_144);
  for (let g = 0; g < groups; g++)
    for (let q = 0; q < stride; q += 4) {
      const a = q + stride * g;
      const to = q + stride * 5 * g;
      const ar = v128.load(at(xr, a));
      const ai = v128.load(at(xi, a));
      const br = v128.load(at(xr, a + fifth));
      const bi = v128.load(at(xi, a + fifth));
      const cr = v128.load(at(xr, a + 2 * fifth));
      const ci = v128.load(at(xi, a + 2 * fifth));
      const dr = v128.load(at(xr, a + 3 * fifth));
      const di = v128.load(at(xi, a + 3 * fifth));
      const er = v128.load(at(xr, a + 4 * fifth));
      const ei = v128.load(at(xi, a + 4 * fifth));
      const ber = plus(br, er);
      const bei = plus(bi, ei);
      const cdr = plus(cr, dr);
      const cdi = plus(ci, di);
      const bmr = minus(br, er);
      const bmi = minus(bi, ei);
      const cmr = minus(cr, dr);
      const cmi = minus(ci, di);
      const mr = plus(ar, plus(times(cos72, ber), times(cos144, cdr)));
      const mi = plus(ai, plus(times(cos72, bei), times(cos144, cdi)));
      const nr = plus(ar, plus(times(cos144, ber), times(cos72, cdr)));
      const ni = plus(ai, plus(times(cos144, bei), times(cos72, cdi)));
      const fr = plus(times(sin72, bmi), times(sin144, cmi));
      const fi = plus(times(sin72, bmr), times(sin144, cmr));
      const hr = minus(times(sin144, bmi), times(sin72, cmi));
      const hi = minus(times(sin72, cmr), times(sin144, bmr));
      v128.store(at(yr, to), plus(ar, plus(ber, cdr)));
      v128.store(at(yi, to), plus(ai, plus(bei, cdi)));
      turn5(yr, yi, to + stride, plus(mr, fr), minus(mi, fi), table, g, groups, 0);
      turn5(yr, yi, to + 2 * stride, plus(nr, hr), plus(ni, hi), table, g, groups, 1);
      turn5(yr, yi, to + 3 * stride, minus(nr, hr), minus(ni, hi), table, g, groups, 2);
      turn5(yr, yi, to + 4 * stride, minus(mr, fr), plus(mi, fi), table, g, groups, 3);
    }
}

// @ts-ignore: decorator
@inline
function turn5(
  yr: usize,
  yi: usize,
  to: i32,
  re: v128,
  im: v128,
  table: usize,
  g: i32,
  groups: i32,
  branch: i32,
): void {
  const c = v128.load32_splat(at(table, g + branch * groups));
  const s = v128.load32_splat(at(table, g + (4 + branch) * groups));
  put(yr, yi, to, re, im, c, s);
}

/** In place: Σ x[n] e^(-2πi kn/600). */
export function transform(re: usize, im: usize): void {
  let table = factors;
  by4(re, im, otherRe, otherIm, table);
  table = at(table, 6 * 150);
  by2(otherRe, otherIm, re, im, table, 75, 4);
  table = at(table, 2 * 75);
  by3(re, im, otherRe, otherIm, table, 25, 8);
  table = at(table, 4 * 25);
  by5(otherRe, otherIm, re, im, table, 5, 24);
  table = at(table, 8 * 5);
  by5(re, im, otherRe, otherIm, table, 1, 120);
  memory.copy(re, otherRe, 600 << 2);
  memory.copy(im, otherIm, 600 << 2);
}
