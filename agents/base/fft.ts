/**
 * Discrete Fourier transforms of lengths that are made of 2, 3, 4 and 5: Stockham's, which needs no reordering.
 * Complex numbers lie in two arrays, real and imaginary parts.
 */

interface Stage {
  radix: number;
  /** Groups of butterflies, and how many butterflies are in each. */
  groups: number;
  stride: number;
  /** For each group, the factors of the second, third … branch. */
  cos: Float64Array;
  sin: Float64Array;
}

const RADICES = [4, 2, 3, 5];
const SIN_60 = Math.sin(Math.PI / 3);
const COS_72 = Math.cos((2 * Math.PI) / 5);
const SIN_72 = Math.sin((2 * Math.PI) / 5);
const COS_144 = Math.cos((4 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);

/** Complex transforms of one length. Not for two at once: it has working memory. */
export class Fft {
  readonly #stages: Stage[];
  readonly #otherRe: Float64Array;
  readonly #otherIm: Float64Array;

  /** Throws a RangeError for a length that is not made of 2, 3 and 5. */
  constructor(length: number) {
    this.#stages = stagesOf(length);
    this.#otherRe = new Float64Array(length);
    this.#otherIm = new Float64Array(length);
  }

  /** In place: Σ x[n] e^(-2πi kn/N). */
  transform(re: Float64Array, im: Float64Array): void {
    let [fromRe, fromIm, toRe, toIm] = [re, im, this.#otherRe, this.#otherIm];
    for (const stage of this.#stages) {
      BY[stage.radix]!(stage, fromRe, fromIm, toRe, toIm);
      [fromRe, fromIm, toRe, toIm] = [toRe, toIm, fromRe, fromIm];
    }
    if (fromRe === re) return;
    re.set(fromRe);
    im.set(fromIm);
  }
}

function stagesOf(length: number): Stage[] {
  const stages: Stage[] = [];
  let stride = 1;
  for (let left = length; left > 1; ) {
    const radix = RADICES.find(each => left % each === 0);
    if (radix === undefined) throw new RangeError(`${length} is not made of 2, 3 and 5`);
    const groups = left / radix;
    const cos = new Float64Array(groups * (radix - 1));
    const sin = new Float64Array(groups * (radix - 1));
    for (let group = 0; group < groups; group++)
      for (let branch = 1; branch < radix; branch++) {
        const angle = (-2 * Math.PI * group * branch) / left;
        cos[group * (radix - 1) + branch - 1] = Math.cos(angle);
        sin[group * (radix - 1) + branch - 1] = Math.sin(angle);
      }
    stages.push({ radix, groups, stride, cos, sin });
    stride *= radix;
    left = groups;
  }
  return stages;
}

type Butterflies = (stage: Stage, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array) => void;

function by2(
  { groups, stride, cos, sin }: Stage,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
): void {
  const half = groups * stride;
  for (let g = 0; g < groups; g++) {
    const c = cos[g]!;
    const s = sin[g]!;
    for (let q = 0; q < stride; q++) {
      const a = q + stride * g;
      const b = a + half;
      const to = q + stride * 2 * g;
      const dr = xr[a]! - xr[b]!;
      const di = xi[a]! - xi[b]!;
      yr[to] = xr[a]! + xr[b]!;
      yi[to] = xi[a]! + xi[b]!;
      yr[to + stride] = dr * c - di * s;
      yi[to + stride] = dr * s + di * c;
    }
  }
}

function by3(
  { groups, stride, cos, sin }: Stage,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
): void {
  const third = groups * stride;
  for (let g = 0; g < groups; g++) {
    const c1 = cos[2 * g]!;
    const c2 = cos[2 * g + 1]!;
    const s1 = sin[2 * g]!;
    const s2 = sin[2 * g + 1]!;
    for (let q = 0; q < stride; q++) {
      const a = q + stride * g;
      const b = a + third;
      const c = b + third;
      const to = q + stride * 3 * g;
      const sr = xr[b]! + xr[c]!;
      const si = xi[b]! + xi[c]!;
      const mr = xr[a]! - sr / 2;
      const mi = xi[a]! - si / 2;
      const er = SIN_60 * (xi[b]! - xi[c]!);
      const ei = SIN_60 * (xr[c]! - xr[b]!);
      yr[to] = xr[a]! + sr;
      yi[to] = xi[a]! + si;
      yr[to + stride] = (mr + er) * c1 - (mi + ei) * s1;
      yi[to + stride] = (mr + er) * s1 + (mi + ei) * c1;
      yr[to + 2 * stride] = (mr - er) * c2 - (mi - ei) * s2;
      yi[to + 2 * stride] = (mr - er) * s2 + (mi - ei) * c2;
    }
  }
}

function by4(
  { groups, stride, cos, sin }: Stage,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
): void {
  const quarter = groups * stride;
  for (let g = 0; g < groups; g++) {
    const c1 = cos[3 * g]!;
    const c2 = cos[3 * g + 1]!;
    const c3 = cos[3 * g + 2]!;
    const s1 = sin[3 * g]!;
    const s2 = sin[3 * g + 1]!;
    const s3 = sin[3 * g + 2]!;
    for (let q = 0; q < stride; q++) {
      const a = q + stride * g;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const to = q + stride * 4 * g;
      const acr = xr[a]! + xr[c]!;
      const aci = xi[a]! + xi[c]!;
      const amr = xr[a]! - xr[c]!;
      const ami = xi[a]! - xi[c]!;
      const bdr = xr[b]! + xr[d]!;
      const bdi = xi[b]! + xi[d]!;
      const bmr = xr[b]! - xr[d]!;
      const bmi = xi[b]! - xi[d]!;
      yr[to] = acr + bdr;
      yi[to] = aci + bdi;
      yr[to + stride] = (amr + bmi) * c1 - (ami - bmr) * s1;
      yi[to + stride] = (amr + bmi) * s1 + (ami - bmr) * c1;
      yr[to + 2 * stride] = (acr - bdr) * c2 - (aci - bdi) * s2;
      yi[to + 2 * stride] = (acr - bdr) * s2 + (aci - bdi) * c2;
      yr[to + 3 * stride] = (amr - bmi) * c3 - (ami + bmr) * s3;
      yi[to + 3 * stride] = (amr - bmi) * s3 + (ami + bmr) * c3;
    }
  }
}

function by5(
  { groups, stride, cos, sin }: Stage,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
): void {
  const fifth = groups * stride;
  for (let g = 0; g < groups; g++)
    for (let q = 0; q < stride; q++) {
      const a = q + stride * g;
      const b = a + fifth;
      const c = a + 2 * fifth;
      const d = a + 3 * fifth;
      const e = a + 4 * fifth;
      const to = q + stride * 5 * g;
      const ber = xr[b]! + xr[e]!;
      const bei = xi[b]! + xi[e]!;
      const cdr = xr[c]! + xr[d]!;
      const cdi = xi[c]! + xi[d]!;
      const bmr = xr[b]! - xr[e]!;
      const bmi = xi[b]! - xi[e]!;
      const cmr = xr[c]! - xr[d]!;
      const cmi = xi[c]! - xi[d]!;
      const mr = xr[a]! + COS_72 * ber + COS_144 * cdr;
      const mi = xi[a]! + COS_72 * bei + COS_144 * cdi;
      const nr = xr[a]! + COS_144 * ber + COS_72 * cdr;
      const ni = xi[a]! + COS_144 * bei + COS_72 * cdi;
      const er = SIN_72 * bmi + SIN_144 * cmi;
      const ei = -SIN_72 * bmr - SIN_144 * cmr;
      const fr = SIN_144 * bmi - SIN_72 * cmi;
      const fi = SIN_72 * cmr - SIN_144 * bmr;
      yr[to] = xr[a]! + ber + cdr;
      yi[to] = xi[a]! + bei + cdi;
      put(yr, yi, to + stride, mr + er, mi + ei, cos[4 * g]!, sin[4 * g]!);
      put(yr, yi, to + 2 * stride, nr + fr, ni + fi, cos[4 * g + 1]!, sin[4 * g + 1]!);
      put(yr, yi, to + 3 * stride, nr - fr, ni - fi, cos[4 * g + 2]!, sin[4 * g + 2]!);
      put(yr, yi, to + 4 * stride, mr - er, mi - ei, cos[4 * g + 3]!, sin[4 * g + 3]!);
    }
}

function put(yr: Float64Array, yi: Float64Array, at: number, re: number, im: number, c: number, s: number): void {
  yr[at] = re * c - im * s;
  yi[at] = re * s + im * c;
}

const BY: Readonly<Record<number, Butterflies>> = { 2: by2, 3: by3, 4: by4, 5: by5 };

/** Transforms of real signals of an even length, by a complex one of half of it. Not for two at once. */
export class RealFft {
  readonly bins: number;
  readonly #half: Fft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  constructor(length: number) {
    const half = length / 2;
    this.bins = half + 1;
    this.#half = new Fft(half);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.#sin = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / length));
  }

  /** The signal's spectrum, from 0 to half of the sample rate. */
  forward(signal: Float64Array, re: Float64Array, im: Float64Array): void {
    const zr = this.#re;
    const zi = this.#im;
    const n = zr.length;
    for (let i = 0; i < n; i++) {
      zr[i] = signal[2 * i]!;
      zi[i] = signal[2 * i + 1]!;
    }
    this.#half.transform(zr, zi);
    re[0] = zr[0]! + zi[0]!;
    im[0] = 0;
    re[n] = zr[0]! - zi[0]!;
    im[n] = 0;
    for (let k = 1; k < n; k++) {
      const evenRe = (zr[k]! + zr[n - k]!) / 2;
      const evenIm = (zi[k]! - zi[n - k]!) / 2;
      const oddRe = (zi[k]! + zi[n - k]!) / 2;
      const oddIm = (zr[n - k]! - zr[k]!) / 2;
      re[k] = evenRe + oddRe * this.#cos[k]! + oddIm * this.#sin[k]!;
      im[k] = evenIm + oddIm * this.#cos[k]! - oddRe * this.#sin[k]!;
    }
  }

  /** The signal with this spectrum. Imaginary parts of the first and the last bin count for nothing. */
  inverse(re: Float64Array, im: Float64Array, signal: Float64Array): void {
    const zr = this.#re;
    const zi = this.#im;
    const n = zr.length;
    zr[0] = (re[0]! + re[n]!) / 2;
    // Conjugated on the way in and out: the transform backwards is the one forwards.
    zi[0] = -(re[0]! - re[n]!) / 2;
    for (let k = 1; k < n; k++) {
      const evenRe = (re[k]! + re[n - k]!) / 2;
      const evenIm = (im[k]! - im[n - k]!) / 2;
      const differenceRe = (re[k]! - re[n - k]!) / 2;
      const differenceIm = (im[k]! + im[n - k]!) / 2;
      const oddRe = differenceRe * this.#cos[k]! - differenceIm * this.#sin[k]!;
      const oddIm = differenceRe * this.#sin[k]! + differenceIm * this.#cos[k]!;
      zr[k] = evenRe - oddIm;
      zi[k] = -(evenIm + oddRe);
    }
    this.#half.transform(zr, zi);
    for (let i = 0; i < n; i++) {
      signal[2 * i] = zr[i]! / n;
      signal[2 * i + 1] = -zi[i]! / n;
    }
  }
}
