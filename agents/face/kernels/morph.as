// Bends painted mouths: every column has three stretches of rows, each sampled at its own slope.
import { one } from './sample';

/** What is known of each column, i32: where it comes from; the rows of both lips; offset and slope of each stretch. */
const FROM: usize = 0;
const UPPER: usize = 4;
const LOWER: usize = 8;
const STRETCHES: usize = 12;
const COLUMN: usize = 36;

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
    const u = load<i32>(columns + FROM);
    let y = top;
    const upper = max(top, (load<i32>(columns + UPPER) + 65535) >> 16);
    const lower = max(upper, (load<i32>(columns + LOWER) >> 16) + 1);
    for (let n = 0; n < 3; n++) {
      const end = min(bottom, n == 0 ? upper : n == 1 ? lower : bottom);
      const stretch = columns + STRETCHES + (<usize>n << 3);
      const slope = load<i32>(stretch, 4);
      const share = n == 1 ? inside : part;
      let v = load<i32>(stretch) + slope * y;
      for (; y < end; y++, v += slope) {
        const at = <usize>(y * stride + left + i);
        const start = first ? 128 : <i32>load<u16>(sum + 2 * at);
        const now = start + one(plane, stride, u, v) * share;
        if (last) store<u8>(to + at, <u8>(now >> 8));
        else store<u16>(sum + 2 * at, <u16>now);
      }
    }
  }
}
