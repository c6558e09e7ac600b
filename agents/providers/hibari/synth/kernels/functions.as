// Functions of four numbers at a time; errors are below -100 dB.

const LOG2_E: f32 = 1.4426950408889634;
const TWO_BY_PI: f32 = 0.6366197723675814;
/** A quarter turn in two parts, so that its multiples keep their last bits. */
const QUARTER_HIGH: f32 = 1.5707963705062866;
const QUARTER_LOW: f32 = -4.371139000186241e-8;

// @ts-ignore: decorator
@inline
export function times(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
export function plus(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

/** e^x, for x from -80 to 80: a power of two, and the series of what is left. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const t = times(f32x4.max(x, f32x4.splat(-80)), f32x4.splat(LOG2_E));
  const whole = f32x4.nearest(t);
  const f = f32x4.sub(t, whole);
  let sum = plus(f32x4.splat(0.00961813), times(f, f32x4.splat(0.00133336)));
  sum = plus(f32x4.splat(0.05550411), times(f, sum));
  sum = plus(f32x4.splat(0.24022651), times(f, sum));
  sum = plus(f32x4.splat(0.69314718), times(f, sum));
  sum = plus(f32x4.splat(1), times(f, sum));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return times(sum, power);
}

/** π tanh x. */
// @ts-ignore: decorator
@inline
export function halfTurn(x: v128): v128 {
  const e = exp(times(f32x4.min(x, f32x4.splat(20)), f32x4.splat(2)));
  const ratio = f32x4.div(f32x4.splat(2), plus(e, f32x4.splat(1)));
  return times(f32x4.splat(3.14159265), f32x4.sub(f32x4.splat(1), ratio));
}

/** How many quarter turns an angle has, to the nearest. */
// @ts-ignore: decorator
@inline
export function quarters(angle: v128): v128 {
  return f32x4.nearest(times(angle, f32x4.splat(TWO_BY_PI)));
}

/** What is left of an angle without them, -π/4 to π/4. */
// @ts-ignore: decorator
@inline
export function rest(angle: v128, turns: v128): v128 {
  const rough = f32x4.sub(angle, times(turns, f32x4.splat(QUARTER_HIGH)));
  return f32x4.sub(rough, times(turns, f32x4.splat(QUARTER_LOW)));
}

/** Sine of a rest, by its series. */
// @ts-ignore: decorator
@inline
function sineOf(r: v128, square: v128): v128 {
  let sum = plus(f32x4.splat(1 / 120), times(square, f32x4.splat(-1 / 5040)));
  sum = plus(f32x4.splat(-1 / 6), times(square, sum));
  return plus(r, times(times(r, square), sum));
}

/** Cosine of a rest, by its series. */
// @ts-ignore: decorator
@inline
function cosineOf(square: v128): v128 {
  let sum = plus(f32x4.splat(-1 / 720), times(square, f32x4.splat(1 / 40320)));
  sum = plus(f32x4.splat(1 / 24), times(square, sum));
  sum = plus(f32x4.splat(-0.5), times(square, sum));
  return plus(f32x4.splat(1), times(square, sum));
}

/** Sine (`shift` 0) or cosine (`shift` 1) of so many quarter turns and a rest. */
// @ts-ignore: decorator
@inline
export function wave(turns: v128, r: v128, shift: i32): v128 {
  const square = times(r, r);
  const quarter = i32x4.add(i32x4.trunc_sat_f32x4_s(turns), i32x4.splat(shift));
  const isOdd = i32x4.eq(v128.and(quarter, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosineOf(square), sineOf(r, square), isOdd), sign);
}
