/** Draws one cell of the bent grid: samples the picture along straight lines and lays it over the background. */
import { LANES, ROUND } from './planes.ts';

/** Where the corners of a cell come from, in 65536ths of a word of the sampled plane. */
export interface Corners {
  x00: number;
  y00: number;
  x10: number;
  y10: number;
  x01: number;
  y01: number;
  x11: number;
  y11: number;
}

/** Where the cell goes to. */
export interface Target {
  /** Index of the first pixel. */
  start: number;
  stride: number;
  width: number;
  height: number;
}

/**
 * Luma of a cell. `stride` is that of `ya`; `out` and `background` are laid out alike. A `solid` cell is known
 * to be opaque.
 */
export function warpLuma(
  ya: Uint32Array,
  stride: number,
  c: Corners,
  out: Uint8Array,
  background: Uint8Array,
  target: Target,
  solid: boolean,
): void {
  const { start, stride: pitch, width, height } = target;
  const [downX, downY] = [((c.x01 - c.x00) / height) | 0, ((c.y01 - c.y00) / height) | 0];
  let stepX = ((c.x10 - c.x00) / width) | 0;
  let stepY = ((c.y10 - c.y00) / width) | 0;
  const moreX = ((c.x11 - c.x01 - c.x10 + c.x00) / (width * height)) | 0;
  const moreY = ((c.y11 - c.y01 - c.y10 + c.y00) / (width * height)) | 0;
  for (let row = 0; row < height; row++) {
    const sx = (c.x00 + downX * row) | 0;
    const sy = (c.y00 + downY * row) | 0;
    const from = (start + row * pitch) | 0;
    const end = (from + width) | 0;
    if (solid) solidRow(ya, stride, sx, sy, stepX, stepY, out, from, end);
    else thinRow(ya, stride, sx, sy, stepX, stepY, out, from, end, background);
    stepX = (stepX + moreX) | 0;
    stepY = (stepY + moreY) | 0;
  }
}

/** One row of an opaque cell. */
function solidRow(
  ya: Uint32Array,
  stride: number,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
  out: Uint8Array,
  from: number,
  end: number,
): void {
  let sx = x | 0;
  let sy = y | 0;
  for (let o = from; o < end; o++) {
    const fx = (sx >> 8) & 255;
    const i = (Math.imul(sy >> 16, stride) + (sx >> 16)) | 0;
    const j = (i + stride) | 0;
    const a = ya[i]! & 255;
    const b = ya[j]! & 255;
    const top = (a << 8) + Math.imul((ya[i + 1]! & 255) - a, fx);
    const low = (b << 8) + Math.imul((ya[j + 1]! & 255) - b, fx);
    out[o] = ((top << 8) + Math.imul(low - top, (sy >> 8) & 255) + 32768) >> 16;
    sx = (sx + stepX) | 0;
    sy = (sy + stepY) | 0;
  }
}

/** One row of a cell through which the background may shine. */
function thinRow(
  ya: Uint32Array,
  stride: number,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
  out: Uint8Array,
  from: number,
  end: number,
  background: Uint8Array,
): void {
  let sx = x | 0;
  let sy = y | 0;
  for (let o = from; o < end; o++) {
    const fx = (sx >> 8) & 255;
    const fy = (sy >> 8) & 255;
    const i = (Math.imul(sy >> 16, stride) + (sx >> 16)) | 0;
    const j = (i + stride) | 0;
    const a = ya[i]! | 0;
    const b = ya[i + 1]! | 0;
    const c = ya[j]! | 0;
    const d = ya[j + 1]! | 0;
    sx = (sx + stepX) | 0;
    sy = (sy + stepY) | 0;
    // Most of a thin cell is nothing at all.
    if ((a | b | c | d) >> 16 === 0) {
      out[o] = background[o]!;
      continue;
    }
    const top = ((Math.imul(a, 256 - fx) + Math.imul(b, fx) + ROUND) >> 8) & LANES;
    const low = ((Math.imul(c, 256 - fx) + Math.imul(d, fx) + ROUND) >> 8) & LANES;
    const word = ((Math.imul(top, 256 - fy) + Math.imul(low, fy) + ROUND) >> 8) & LANES;
    const alpha = word >> 16;
    if (alpha === 0) out[o] = background[o]!;
    else if (alpha === 255) out[o] = word & 255;
    else out[o] = (word & 255) + ((Math.imul(background[o]!, 256 - alpha - (alpha >> 7)) + 128) >> 8);
  }
}

/** Chroma of a cell: Cr lies `crOffset` after Cb in `out` and `background`. */
export function warpChroma(
  uv: Uint32Array,
  a: Uint32Array,
  stride: number,
  c: Corners,
  out: Uint8Array,
  background: Uint8Array,
  target: Target,
  crOffset: number,
  solid: boolean,
): void {
  const { start, stride: pitch, width, height } = target;
  const [downX, downY] = [((c.x01 - c.x00) / height) | 0, ((c.y01 - c.y00) / height) | 0];
  let stepX = ((c.x10 - c.x00) / width) | 0;
  let stepY = ((c.y10 - c.y00) / width) | 0;
  const moreX = ((c.x11 - c.x01 - c.x10 + c.x00) / (width * height)) | 0;
  const moreY = ((c.y11 - c.y01 - c.y10 + c.y00) / (width * height)) | 0;
  for (let row = 0; row < height; row++) {
    let sx = (c.x00 + downX * row) | 0;
    let sy = (c.y00 + downY * row) | 0;
    const from = (start + row * pitch) | 0;
    const end = (from + width) | 0;
    for (let o = from; o < end; o++) {
      const fx = (sx >> 8) & 255;
      const fy = (sy >> 8) & 255;
      const i = (Math.imul(sy >> 16, stride) + (sx >> 16)) | 0;
      const j = (i + stride) | 0;
      sx = (sx + stepX) | 0;
      sy = (sy + stepY) | 0;
      if (!solid && (a[i]! | a[i + 1]! | a[j]! | a[j + 1]!) === 0) {
        out[o] = background[o]!;
        out[o + crOffset] = background[o + crOffset]!;
        continue;
      }
      const top = ((Math.imul(uv[i]!, 256 - fx) + Math.imul(uv[i + 1]!, fx) + ROUND) >> 8) & LANES;
      const low = ((Math.imul(uv[j]!, 256 - fx) + Math.imul(uv[j + 1]!, fx) + ROUND) >> 8) & LANES;
      const word = ((Math.imul(top, 256 - fy) + Math.imul(low, fy) + ROUND) >> 8) & LANES;
      if (solid) {
        out[o] = word & 255;
        out[o + crOffset] = word >>> 16;
      } else {
        const alpha =
          (Math.imul(Math.imul(a[i]!, 256 - fx) + Math.imul(a[i + 1]!, fx), 256 - fy) +
            Math.imul(Math.imul(a[j]!, 256 - fx) + Math.imul(a[j + 1]!, fx), fy) +
            32768) >>>
          16;
        const rest = 256 - alpha - (alpha >>> 7);
        out[o] = (word & 255) + ((Math.imul(background[o]!, rest) + 128) >>> 8);
        out[o + crOffset] = (word >>> 16) + ((Math.imul(background[o + crOffset]!, rest) + 128) >>> 8);
      }
    }
    stepX = (stepX + moreX) | 0;
    stepY = (stepY + moreY) | 0;
  }
}
