// Sampling a plane of bytes between its pixels, eight neighbours of a line at a time. Positions are 65536ths of a
// pixel. Planes are followed by readable memory: a window reads up to 14 bytes and one row too many.

/** 0 1 2 3, in steps of `step`, from `start`. */
@inline
export function ramp(start: i32, step: i32): v128 {
  return i32x4.add(i32x4.splat(start), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step)));
}

/** Eight offsets of a line, as i16 of 256ths: `low` and `high` are the ramps 0..3 and 4..7, `start` the first. */
@inline
export function offsets(start: i32, low: v128, high: v128): v128 {
  const first = i32x4.splat(start);
  return i16x8.narrow_i32x4_u(
    i32x4.shr_u(i32x4.add(first, low), 8),
    i32x4.shr_u(i32x4.add(first, high), 8),
  );
}

/** Whether eight samples lie within 15 columns, left to right, and two rows and the one below. */
@inline
export function fits(u: i32, v: i32, du: i32, dv: i32): bool {
  const across = ((u + 7 * du) >> 16) - (u >> 16);
  const down = ((v + 7 * dv) >> 16) - (v >> 16);
  return du >= 0 && across <= 14 && down <= 1 && down >= -1;
}

/** Means of neighbours in a row, i16 of 128ths. */
@inline
function level(row: v128, left: v128, right: v128, fx: v128): v128 {
  const a = v128.swizzle(row, left);
  const b = v128.swizzle(row, right);
  return i16x8.shr_u(i16x8.add(i16x8.shl(a, 8), i16x8.mul(i16x8.sub(b, a), fx)), 1);
}

/**
 * Eight samples, 0..255 as i16. `at` is the byte that the offsets count from, `xs` and `ys` are those (`offsets`), and
 * `crosses` tells that some are a row further down.
 */
@inline
export function window(at: usize, stride: usize, xs: v128, ys: v128, crosses: bool): v128 {
  const fx = v128.and(xs, i16x8.splat(255));
  // The upper byte of each lane picks nothing, which reads as 0.
  const left = v128.or(i16x8.shr_u(xs, 8), i16x8.splat(-32768));
  const right = i16x8.add(left, i16x8.splat(1));
  const fy = i16x8.shl(v128.and(ys, i16x8.splat(255)), 7);
  let top = level(v128.load(at), left, right, fx);
  let low = level(v128.load(at + stride), left, right, fx);
  if (crosses) {
    const next = level(v128.load(at + 2 * stride), left, right, fx);
    const below = i16x8.gt_s(ys, i16x8.splat(255));
    top = v128.bitselect(low, top, below);
    low = v128.bitselect(next, low, below);
  }
  const mean = i16x8.add(top, i16x8.q15mulr_sat_s(i16x8.sub(low, top), fy));
  return i16x8.shr_u(i16x8.add(mean, i16x8.splat(64)), 7);
}

/** One sample, 0..255. */
@inline
export function one(plane: usize, stride: i32, u: i32, v: i32): i32 {
  const fx = (u >> 8) & 255;
  const at = plane + <usize>((v >> 16) * stride + (u >> 16));
  const a = <i32>load<u8>(at);
  const c = <i32>load<u8>(at + <usize>stride);
  const top = (a << 8) + (<i32>load<u8>(at + 1) - a) * fx;
  const low = (c << 8) + (<i32>load<u8>(at + <usize>stride + 1) - c) * fx;
  return ((top << 8) + (low - top) * ((v >> 8) & 255) + 32768) >> 16;
}

const eight: usize = memory.data(16, 16);

/** Eight samples of a line of any direction, held inside 0..maxU, 0..maxV. */
export function scattered(plane: usize, stride: i32, u: i32, v: i32, du: i32, dv: i32, maxU: i32, maxV: i32): v128 {
  for (let i: usize = 0; i < 16; i += 2) {
    store<u16>(eight + i, <u16>one(plane, stride, max(0, min(maxU, u)), max(0, min(maxV, v))));
    u += du;
    v += dv;
  }
  return v128.load(eight);
}

/** Stores eight bytes. */
@inline
export function put(at: usize, values: v128): void {
  v128.store64_lane(at, i8x16.narrow_i16x8_u(values, values), 0);
}

/** over x rest / 256, for the share that premultiplied `alpha` leaves of what is behind it. */
@inline
export function behind(alpha: v128, over: v128): v128 {
  const rest = i16x8.sub(i16x8.sub(i16x8.splat(256), alpha), i16x8.shr_u(alpha, 7));
  return i16x8.shr_u(i16x8.add(i16x8.mul(over, rest), i16x8.splat(128)), 8);
}

/** behind, of one value. */
@inline
export function behindOne(alpha: i32, over: i32): i32 {
  return (over * (256 - alpha - (alpha >> 7)) + 128) >> 8;
}
