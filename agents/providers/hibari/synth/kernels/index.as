// What the voice's synthesis spends its time on, compiled to WebAssembly by infra/kernels/build.mjs. One frame after
// the other: `excite`, `others`, `harmonics`, `sound`. Positions in memory are bytes, numbers are floats. Spectra have 601
// bins; arrays of them are as long as 604.
import { setFourier, transform } from './fourier';
import { exp, halfTurn, plus, quarters, rest, times, wave } from './functions';

const WINDOW = 1200;
const HALF = 600;
const BINS = 601;
const BIN_HZ: f32 = 20;
/** Rows of a frame's spectra: level and phase of harmonics, level of noise, level and phase of the free part. */
const PHASE = BINS;
const NOISE = 2 * BINS;
const FREE = 3 * BINS;
const FREE_PHASE = 4 * BINS;
/** No level is higher than this, natural logarithm. */
const LOUDEST: f32 = 7;

let windowIn: usize = 0;
let windowOut: usize = 0;
let splitCos: usize = 0;
let splitSin: usize = 0;
let zr: usize = 0;
let zi: usize = 0;
let pulseRe: usize = 0;
let pulseIm: usize = 0;
let re: usize = 0;
let im: usize = 0;
let levels: usize = 0;
let phases: usize = 0;
let harmonicLevel: usize = 0;
let harmonicPhase: usize = 0;

/** The first byte of memory that is free. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * `windows`: what samples are weighed with on their way in and out, 1200 numbers each; `split`: cosines and sines of
 * k/1200 turns, 600 each; `factors`: see fourier.as; `work`: for fourteen arrays of 604.
 */
export function setUp(windows: usize, split: usize, factors: usize, work: usize): void {
  const array = 604 << 2;
  windowIn = windows;
  windowOut = windows + (WINDOW << 2);
  splitCos = split;
  splitSin = split + (HALF << 2);
  zr = work;
  zi = work + array;
  pulseRe = work + 2 * array;
  pulseIm = work + 3 * array;
  re = work + 4 * array;
  im = work + 5 * array;
  levels = work + 6 * array;
  phases = work + 7 * array;
  harmonicLevel = work + 8 * array;
  harmonicPhase = work + 10 * array;
  setFourier(factors, work + 12 * array, work + 13 * array);
}

// @ts-ignore: decorator
@inline
function at(array: usize, index: i32): usize {
  return array + (<usize>index << 2);
}

/** Four numbers, the last of them at `index`, backwards. */
// @ts-ignore: decorator
@inline
function backwards(array: usize, index: i32): v128 {
  const four = v128.load(at(array, index - 3));
  return v128.shuffle<f32>(four, four, 3, 2, 1, 0);
}

/** The spectrum of the pulses that a frame sees, 1200 samples at `signal`; false where there are none. */
export function excite(signal: usize): bool {
  let any = false;
  const nothing = f32x4.splat(0);
  for (let i = 0; i < WINDOW; i += 8) {
    const a = times(v128.load(at(signal, i)), v128.load(at(windowIn, i)));
    const b = times(v128.load(at(signal, i + 4)), v128.load(at(windowIn, i + 4)));
    any = any || v128.any_true(v128.or(f32x4.ne(a, nothing), f32x4.ne(b, nothing)));
    v128.store(at(zr, i >> 1), v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(at(zi, i >> 1), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  }
  if (!any) return false;
  transform(zr, zi);
  const half = f32x4.splat(0.5);
  for (let k = 1; k < HALF; k += 4) {
    const ar = v128.load(at(zr, k));
    const ai = v128.load(at(zi, k));
    const br = backwards(zr, HALF - k);
    const bi = backwards(zi, HALF - k);
    const evenRe = times(half, plus(ar, br));
    const evenIm = times(half, f32x4.sub(ai, bi));
    const oddRe = times(half, plus(ai, bi));
    const oddIm = times(half, f32x4.sub(br, ar));
    const c = v128.load(at(splitCos, k));
    const s = v128.load(at(splitSin, k));
    v128.store(at(pulseRe, k), plus(evenRe, plus(times(oddRe, c), times(oddIm, s))));
    v128.store(at(pulseIm, k), plus(evenIm, f32x4.sub(times(oddIm, c), times(oddRe, s))));
  }
  const first = load<f32>(zr);
  const second = load<f32>(zi);
  store<f32>(pulseRe, first + second);
  store<f32>(pulseIm, 0);
  store<f32>(at(pulseRe, HALF), first - second);
  store<f32>(at(pulseIm, HALF), 0);
  return true;
}

/** Two neighbours each of four places: the lower ones. */
// @ts-ignore: decorator
@inline
function lower(ab: v128, cd: v128): v128 {
  return v128.shuffle<f32>(ab, cd, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function upper(ab: v128, cd: v128): v128 {
  return v128.shuffle<f32>(ab, cd, 1, 3, 5, 7);
}

/** A level between two bins, and what is added to its logarithm. */
// @ts-ignore: decorator
@inline
function level(ab: v128, cd: v128, share: v128, gain: v128): v128 {
  const low = lower(ab, cd);
  const value = plus(low, times(f32x4.sub(upper(ab, cd), low), share));
  return exp(plus(f32x4.min(value, f32x4.splat(LOUDEST)), gain));
}

/** Two pairs of neighbours. */
// @ts-ignore: decorator
@inline
function pairs(first: usize, second: usize, row: i32): v128 {
  return v128.load64_lane(at(second, row), v128.load64_zero(at(first, row)), 1);
}

/**
 * Noise, and the free part. `bins`: for each bin the one of the frame that it comes from, u16; `shares`: how much of the
 * next one; `gains` are added to logarithms; `noise`: pairs of normally distributed numbers.
 */
export function others(frame: usize, bins: usize, shares: usize, gains: usize, noise: usize): void {
  const half = f32x4.splat(0.5);
  for (let k = 0; k < BINS; k += 4) {
    const from = bins + (<usize>k << 1);
    const a = at(frame, load<u16>(from));
    const b = at(frame, load<u16>(from, 2));
    const c = at(frame, load<u16>(from, 4));
    const d = at(frame, load<u16>(from, 6));
    const share = v128.load(at(shares, k));
    const gain = v128.load(at(gains, k));
    const noisy = level(pairs(a, b, NOISE), pairs(c, d, NOISE), share, gain);
    const free = level(pairs(a, b, FREE), pairs(c, d, FREE), share, gain);
    const ab = pairs(a, b, FREE_PHASE);
    const cd = pairs(c, d, FREE_PHASE);
    const phase = v128.bitselect(lower(ab, cd), upper(ab, cd), f32x4.lt(share, half));
    const turns = quarters(phase);
    const r = rest(phase, turns);
    const n0 = v128.load(at(noise, 2 * k));
    const n1 = v128.load(at(noise, 2 * k + 4));
    v128.store(at(re, k), plus(times(noisy, lower(n0, n1)), times(free, wave(turns, r, 1))));
    v128.store(at(im, k), plus(times(noisy, upper(n0, n1)), times(free, wave(turns, r, 0))));
  }
}

/** Adds the harmonics of a voice as it was learned. */
export function harmonics(frame: usize, gains: usize): void {
  shaped(frame, at(frame, PHASE), gains);
}

/**
 * Adds the harmonics of a voice of another pitch or another body. The model's levels and phases mean something at the
 * harmonics of the pitch that a frame was made for, and nothing between them: they are read there, and joined by straight
 * lines. `places`: where in the frame each bin comes from, in bins.
 */
export function bentHarmonics(frame: usize, gains: usize, places: usize, hz: f32): void {
  const step = hz / BIN_HZ;
  const highest = max<i32>(1, <i32>(<f32>(BINS - 1) / step));
  for (let h = 1; h <= highest; h++) {
    const place = <f32>h * step;
    const bin = min<i32>(BINS - 2, <i32>place);
    const low = load<f32>(at(frame, bin));
    store<f32>(at(harmonicLevel, h), low + (load<f32>(at(frame, bin + 1)) - low) * (place - <f32>bin));
    store<f32>(at(harmonicPhase, h), load<f32>(at(frame, PHASE + <i32>(place + 0.5))));
  }
  const byStep = f32x4.splat(1 / step);
  const most = i32x4.splat(highest);
  const one = i32x4.splat(1);
  for (let k = 0; k < BINS; k += 4) {
    const place = times(v128.load(at(places, k)), byStep);
    const below = i32x4.min_s(most, i32x4.max_s(one, i32x4.trunc_sat_f32x4_s(place)));
    const above = i32x4.min_s(most, i32x4.add(below, one));
    const distance = f32x4.sub(place, f32x4.convert_i32x4_s(below));
    const share = f32x4.min(f32x4.splat(1), f32x4.max(f32x4.splat(0), distance));
    const low = gathered(harmonicLevel, below);
    v128.store(at(levels, k), plus(low, times(f32x4.sub(gathered(harmonicLevel, above), low), share)));
    const nearer = v128.bitselect(below, above, f32x4.lt(share, f32x4.splat(0.5)));
    v128.store(at(phases, k), gathered(harmonicPhase, nearer));
  }
  shaped(levels, phases, gains);
}

// @ts-ignore: decorator
@inline
function gathered(array: usize, index: v128): v128 {
  let four = v128.load32_zero(at(array, i32x4.extract_lane(index, 0)));
  four = v128.load32_lane(at(array, i32x4.extract_lane(index, 1)), four, 1);
  four = v128.load32_lane(at(array, i32x4.extract_lane(index, 2)), four, 2);
  return v128.load32_lane(at(array, i32x4.extract_lane(index, 3)), four, 3);
}

/** The pulses, of these levels and phases. */
function shaped(level: usize, phase: usize, gains: usize): void {
  for (let k = 0; k < BINS; k += 4) {
    const angle = halfTurn(v128.load(at(phase, k)));
    const loud = f32x4.min(v128.load(at(level, k)), f32x4.splat(LOUDEST));
    const size = exp(plus(loud, v128.load(at(gains, k))));
    const turns = quarters(angle);
    const r = rest(angle, turns);
    const c = times(size, wave(turns, r, 1));
    const s = times(size, wave(turns, r, 0));
    const pr = v128.load(at(pulseRe, k));
    const pi = v128.load(at(pulseIm, k));
    v128.store(at(re, k), plus(v128.load(at(re, k)), f32x4.sub(times(pr, c), times(pi, s))));
    v128.store(at(im, k), plus(v128.load(at(im, k)), plus(times(pr, s), times(pi, c))));
  }
}

/** The windowed sound of what was put together, 1200 samples to `signal`. */
export function sound(signal: usize): void {
  const half = f32x4.splat(0.5);
  for (let k = 1; k < HALF; k += 4) {
    const ar = v128.load(at(re, k));
    const ai = v128.load(at(im, k));
    const br = backwards(re, HALF - k);
    const bi = backwards(im, HALF - k);
    const evenRe = times(half, plus(ar, br));
    const evenIm = times(half, f32x4.sub(ai, bi));
    const differenceRe = times(half, f32x4.sub(ar, br));
    const differenceIm = times(half, plus(ai, bi));
    const c = v128.load(at(splitCos, k));
    const s = v128.load(at(splitSin, k));
    const oddRe = f32x4.sub(times(differenceRe, c), times(differenceIm, s));
    const oddIm = plus(times(differenceRe, s), times(differenceIm, c));
    v128.store(at(zr, k), f32x4.sub(evenRe, oddIm));
    // Conjugated on the way in and out: the transform backwards is the one forwards.
    v128.store(at(zi, k), f32x4.neg(plus(evenIm, oddRe)));
  }
  const lowest = load<f32>(re);
  const highest = load<f32>(at(re, HALF));
  store<f32>(zr, (lowest + highest) * 0.5);
  store<f32>(zi, (highest - lowest) * 0.5);
  transform(zr, zi);
  for (let i = 0; i < HALF; i += 4) {
    const even = v128.load(at(zr, i));
    const odd = f32x4.neg(v128.load(at(zi, i)));
    const low = v128.shuffle<f32>(even, odd, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(even, odd, 2, 6, 3, 7);
    v128.store(at(signal, 2 * i), times(low, v128.load(at(windowOut, 2 * i))));
    v128.store(at(signal, 2 * i + 4), times(high, v128.load(at(windowOut, 2 * i + 4))));
  }
}
