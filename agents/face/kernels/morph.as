// Bends painted mouths: every column has three stretches of rows, each sampled at its own slope.
import { one } from './sample';

/** What is known of each column, i32: where it comes from; the rows of both lips; offset and slope of each stretch. */
const FROM: usize = 0;
const UPPER: usize = 4;
const LOWER: usize = 8;
const STRETCHES: usize = 12;
const COLUMN: usize = 36;

// The opening of a mouth, f64: its corners, and its upper and lower edge half way between.
const LEFT_X: usize = 0;
const LEFT_Y: usize = 8;
const RIGHT_X: usize = 16;
const RIGHT_Y: usize = 24;
const UPPER_EDGE: usize = 32;
const LOWER_EDGE: usize = 40;
const LIPS: usize = 48;

/** Row of an edge at -1 (left corner) .. 1, given by its middle; beyond the corners it runs level. */
function edge(lips: usize, side: f64, middle: f64): f64 {
  const left = load<f64>(lips, LEFT_Y);
  const right = load<f64>(lips, RIGHT_Y);
  const s = min<f64>(1, max<f64>(-1, side));
  return ((1 - s) * left + (1 + s) * right) / 2 + (middle - (left + right) / 2) * (1 - s * s);
}

/**
 * Prepares the columns of a region (pixels of luma) to show a texture with its lips at a goal. `goal` is followed by
 * the texture's own. The planes are at 1/scale.
 */
export function morphAim(columns: usize, goal: usize, x: f64, y: f64, width: f64, height: f64, scale: f64): void {
  const from = goal + LIPS;
  const goalLeft = load<f64>(goal, LEFT_X);
  const goalRight = load<f64>(goal, RIGHT_X);
  const fromLeft = load<f64>(from, LEFT_X);
  const fromRight = load<f64>(from, RIGHT_X);
  const right = x + width - 1;
  const bottom = y + height - 1;
  const count = <i32>(width / scale);
  for (let i = 0; i < count; i++, columns += COLUMN) {
    const pixel = x + (<f64>i + 0.5) * scale - 0.5;
    const side = (2 * pixel - goalLeft - goalRight) / (goalRight - goalLeft);
    const upper = edge(goal, side, load<f64>(goal, UPPER_EDGE));
    const lower = edge(goal, side, load<f64>(goal, LOWER_EDGE));
    let fromUpper = edge(from, side, load<f64>(from, UPPER_EDGE));
    let fromLower = edge(from, side, load<f64>(from, LOWER_EDGE));
    // Corners meet corners, the region's borders stay.
    let origin: f64;
    let share: f64 = 1;
    if (pixel < goalLeft) {
      origin = between(pixel, x, goalLeft, x, fromLeft);
      share = between(pixel, x, goalLeft, 0, 1);
    } else if (pixel > goalRight) {
      origin = between(pixel, goalRight, right, fromRight, right);
      share = between(pixel, goalRight, right, 1, 0);
    } else origin = between(pixel, goalLeft, goalRight, fromLeft, fromRight);
    fromUpper = upper + (fromUpper - upper) * share;
    fromLower = lower + (fromLower - lower) * share;
    store<i32>(columns + FROM, fixed(origin, scale));
    store<i32>(columns + UPPER, fixed(upper, scale));
    store<i32>(columns + LOWER, fixed(lower, scale));
    stretch(columns + STRETCHES, scale, y, upper, y, fromUpper);
    stretch(columns + STRETCHES + 8, scale, upper, lower, fromUpper, fromLower);
    stretch(columns + STRETCHES + 16, scale, lower, bottom, fromLower, bottom);
  }
}

/** Pixel -> 65536ths of a pixel of a plane at 1/scale. */
@inline
function fixed(pixel: f64, scale: f64): i32 {
  return <i32>nearest(((pixel + 0.5) / scale - 0.5) * 65536);
}

/** Rows a..b come from the rows fromA..fromB: offset and slope of `from = offset + slope x row`. */
function stretch(at: usize, scale: f64, a: f64, b: f64, fromA: f64, fromB: f64): void {
  const slope = b - a > 0.01 ? (fromB - fromA) / (b - a) : 0;
  const first = (a + 0.5) / scale - 0.5;
  store<i32>(at, <i32>nearest(((fromA + 0.5) / scale - 0.5 - slope * first) * 65536));
  store<i32>(at, <i32>nearest(slope * 65536), 4);
}

@inline
function between(x: f64, a: f64, b: f64, fromA: f64, fromB: f64): f64 {
  return fromA + ((x - a) * (fromB - fromA)) / (b - a);
}

/**
 * sum += bent plane x `part` (of 256), between the lips x `inside`, for columns from `left` and rows `top`..`bottom`.
 * The last writes the mean to `to`. All have rows of `stride`; `sum` has words of 16 bits.
 */
export function morphAdd(
  plane: usize,
  sum: usize,
  to: usize,
  stride: i32,
  columns: usize,
  left: i32,
  count: i32,
  top: i32,
  bottom: i32,
  part: i32,
  inside: i32,
  first: bool,
  last: bool,
): void {
  for (let i = 0; i < count; i++, columns += COLUMN) {
    const from = load<i32>(columns + FROM);
    const aside = from - ((left + i) << 16);
    let y = top;
    const upper = max(top, (load<i32>(columns + UPPER) + 65535) >> 16);
    const lower = max(upper, (load<i32>(columns + LOWER) >> 16) + 1);
    for (let n = 0; n < 3; n++) {
      const end = min(bottom, n == 0 ? upper : n == 1 ? lower : bottom);
      const stretch = columns + STRETCHES + (<usize>n << 3);
      const slope = load<i32>(stretch, 4);
      const share = n == 1 ? inside : part;
      // Columns move aside by less the further from the lips: at the region's borders not at all.
      const step = n == 0 ? aside / max(1, upper - top) : n == 1 ? 0 : -aside / max(1, bottom - lower);
      let u = n == 0 ? from - aside : from;
      let v = load<i32>(stretch) + slope * y;
      for (; y < end; y++, v += slope, u += step) {
        const at = <usize>(y * stride + left + i);
        const start = first ? 128 : <i32>load<u16>(sum + 2 * at);
        const now = start + one(plane, stride, u, v) * share;
        if (last) store<u8>(to + at, <u8>(now >> 8));
        else store<u16>(sum + 2 * at, <u16>now);
      }
    }
  }
}
