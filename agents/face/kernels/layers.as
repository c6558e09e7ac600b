// The arithmetic of layers, on planes of bytes; all are premultiplied.
import { behind, behindOne, put } from './sample';

/** sum += from x part (of 256), for `bytes`; the last writes the mean to `to`. Buffers are whole vectors. */
export function mixAdd(sum: usize, from: usize, to: usize, bytes: usize, part: i32, first: bool, last: bool): void {
  const parts = i16x8.splat(<i16>part);
  for (let i: usize = 0; i < bytes; i += 8) {
    const start = first ? i16x8.splat(128) : v128.load(sum + 2 * i);
    const now = i16x8.add(start, i16x8.mul(v128.load_ext<u8>(from + i), parts));
    if (last) put(to + i, i16x8.shr_u(now, 8));
    else v128.store(sum + 2 * i, now);
  }
}

/** to = `upper` above the row `line`, `lower` below it, over `edge` rows. `to` may be either. */
export function wipe(lower: usize, upper: usize, to: usize, width: i32, height: i32, line: f32, edge: f32): void {
  for (let y = 0; y < height; y++) {
    const share = <i32>nearest(min<f32>(1, max<f32>(0, (line - <f32>y) / edge + 0.5)) * 256);
    const row = <usize>(y * width);
    if (share == 0) memory.copy(to + row, lower + row, width);
    else if (share == 256) memory.copy(to + row, upper + row, width);
    else
      for (let i = row; i < row + <usize>width; i++)
        store<u8>(to + i, <u8>((<i32>load<u8>(upper + i) * share + <i32>load<u8>(lower + i) * (256 - share) + 128) >> 8));
  }
}

/** to = from mixed with `patch` by `mask` (255 is all of it), in a window of planes whose rows are `stride` apart. */
export function blend(
  to: usize,
  from: usize,
  stride: usize,
  width: usize,
  height: i32,
  patch: usize,
  mask: usize,
): void {
  const whole = width & ~7;
  for (let y = 0; y < height; y++, to += stride, from += stride, patch += width, mask += width) {
    let x: usize = 0;
    for (; x < whole; x += 8) {
      const m = v128.load_ext<u8>(mask + x);
      const parts = i16x8.add(m, i16x8.shr_u(m, 7));
      const rest = i16x8.sub(i16x8.splat(256), parts);
      const sum = i16x8.add(
        i16x8.mul(v128.load_ext<u8>(from + x), rest),
        i16x8.mul(v128.load_ext<u8>(patch + x), parts),
      );
      put(to + x, i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8));
    }
    for (; x < width; x++) {
      const m = <i32>load<u8>(mask + x);
      const part = m + (m >> 7);
      const sum = <i32>load<u8>(from + x) * (256 - part) + <i32>load<u8>(patch + x) * part;
      store<u8>(to + x, <u8>((sum + 128) >> 8));
    }
  }
}

/** to = skin, whose alpha is given, over `below`, in a window of planes. `to` may be the skin or its alpha. */
export function layOver(
  to: usize,
  skin: usize,
  alpha: usize,
  stride: usize,
  width: usize,
  height: i32,
  below: usize,
): void {
  const whole = width & ~7;
  for (let y = 0; y < height; y++, to += stride, skin += stride, alpha += stride, below += width) {
    let x: usize = 0;
    for (; x < whole; x += 8)
      put(
        to + x,
        i16x8.add(
          v128.load_ext<u8>(skin + x),
          behind(v128.load_ext<u8>(alpha + x), v128.load_ext<u8>(below + x)),
        ),
      );
    for (; x < width; x++)
      store<u8>(to + x, <u8>(<i32>load<u8>(skin + x) + behindOne(load<u8>(alpha + x), load<u8>(below + x))));
  }
}

// What a sprite is drawn with: shares, of 256, of a pixel and of its neighbours left, above and both.
let here: i32 = 0;
let left: i32 = 0;
let above: i32 = 0;
let both: i32 = 0;

/**
 * Lays a plane of a sprite onto `to`, moved by (dx, dy) pixels with fractions, clipped to the alpha of `clip`. Beyond
 * its border the sprite is transparent.
 */
export function sprite(
  to: usize,
  toWidth: i32,
  toHeight: i32,
  clip: usize,
  plane: usize,
  alpha: usize,
  width: i32,
  height: i32,
  dx: f32,
  dy: f32,
): void {
  const ix = <i32>floor(dx);
  const iy = <i32>floor(dy);
  const fx = <i32>nearest((dx - <f32>ix) * 16);
  const fy = <i32>nearest((dy - <f32>iy) * 16);
  both = fx * fy;
  above = (16 - fx) * fy;
  left = fx * (16 - fy);
  here = (16 - fx) * (16 - fy);
  const right = min(toWidth, ix + width);
  const bottom = min(toHeight, iy + height);
  const from = max(0, ix + 1);
  for (let y = max(0, iy + 1); y < bottom; y++) {
    let x = from;
    for (; x + 8 <= right; x += 8) {
      const s = <usize>((y - iy) * width + x - ix);
      const a = eightOf(alpha + s, width);
      if (!v128.any_true(a)) continue;
      const at = <usize>(y * toWidth + x);
      const c = v128.load_ext<u8>(clip + at);
      const kept = i16x8.add(c, i16x8.shr_u(c, 7));
      // Rounded up: the sum must not overflow where the sprite is opaque. 256 x 256 does not fit into a lane.
      const product = i16x8.mul(i16x8.add(a, i16x8.shr_u(a, 7)), kept);
      const whole = i16x8.eq(v128.and(a, c), i16x8.splat(255));
      const share = v128.bitselect(
        i16x8.splat(256),
        i16x8.shr_u(i16x8.add(product, i16x8.splat(255)), 8),
        whole,
      );
      const sum = i16x8.add(
        i16x8.mul(eightOf(plane + s, width), kept),
        i16x8.mul(v128.load_ext<u8>(to + at), i16x8.sub(i16x8.splat(256), share)),
      );
      put(to + at, i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8));
    }
    for (; x < right; x++) {
      const s = <usize>((y - iy) * width + x - ix);
      const a = oneOf(alpha + s, width);
      if (a == 0) continue;
      const at = <usize>(y * toWidth + x);
      const c = <i32>load<u8>(clip + at);
      const kept = c + (c >> 7);
      const share = ((a + (a >> 7)) * kept + 255) >> 8;
      const sum = oneOf(plane + s, width) * kept + <i32>load<u8>(to + at) * (256 - share);
      store<u8>(to + at, <u8>((sum + 128) >> 8));
    }
  }
}

@inline
function eightOf(at: usize, width: i32): v128 {
  const up = at - <usize>width;
  const row = i16x8.add(
    i16x8.mul(v128.load_ext<u8>(at), i16x8.splat(<i16>here)),
    i16x8.mul(v128.load_ext<u8>(at - 1), i16x8.splat(<i16>left)),
  );
  const higher = i16x8.add(
    i16x8.mul(v128.load_ext<u8>(up), i16x8.splat(<i16>above)),
    i16x8.mul(v128.load_ext<u8>(up - 1), i16x8.splat(<i16>both)),
  );
  return i16x8.shr_u(i16x8.add(i16x8.add(row, higher), i16x8.splat(128)), 8);
}

@inline
function oneOf(at: usize, width: i32): i32 {
  const up = at - <usize>width;
  const row = <i32>load<u8>(at) * here + <i32>load<u8>(at - 1) * left;
  return (row + <i32>load<u8>(up) * above + <i32>load<u8>(up - 1) * both + 128) >> 8;
}
