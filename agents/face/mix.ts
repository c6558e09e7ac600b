/** The arithmetic of layers, on words of two lanes (see planes.ts). */
import { LANES, PAD, ROUND } from './planes.ts';
import type { Rect } from './rig.ts';

/** Layers cost time; shares below this are not seen. */
const LEAST_SHARE = 0.035;

/**
 * Turns weights into whole 256ths that sum to exactly 256. Shares too small to be seen are left out, and all
 * are lessened by as much, so that nothing jumps when one comes or goes.
 */
export function wholeWeights(weights: Readonly<Record<string, number>>): [name: string, parts: number][] {
  const total = Object.values(weights).reduce((sum, weight) => sum + Math.max(0, weight), 0);
  if (!(total > 0)) throw new RangeError('no layer has any weight');
  const kept = Object.entries(weights).filter(([, weight]) => weight / total > LEAST_SHARE);
  const parts = to256(kept.map(([, weight]) => weight / total - LEAST_SHARE));
  return kept.map(([name], i): [string, number] => [name, parts[i]!]).filter(([, n]) => n > 0);
}

/** Shares of any sum to whole numbers that sum to 256. */
export function to256(shares: number[]): number[] {
  const total = shares.reduce((a, b) => a + b, 0);
  const parts = shares.map(share => Math.round((share / total) * 256));
  parts[parts.indexOf(Math.max(...parts))]! += 256 - parts.reduce((a, b) => a + b, 0);
  return parts;
}

/** out = sum of words x parts / 256. With a single layer nothing is copied: the layer itself is returned. */
export function mixWords(layers: Uint32Array[], parts: number[], out: Uint32Array): Uint32Array {
  const last = layers.length - 1;
  if (last === 0) return layers[0]!;
  const [p, q] = [layers[0]!, layers[1]!];
  const [v, w] = [parts[0]!, parts[1]!];
  const length = p.length;
  for (let i = 0; i < length; i++) out[i] = Math.imul(p[i]!, v) + Math.imul(q[i]!, w) + ROUND;
  for (let n = 2; n <= last; n++) {
    const layer = layers[n]!;
    const part = parts[n]!;
    for (let i = 0; i < length; i++) out[i] = out[i]! + Math.imul(layer[i]!, part);
  }
  for (let i = 0; i < length; i++) out[i] = (out[i]! >>> 8) & LANES;
  return out;
}

/** out = `upper` above the row `line`, `lower` below it, over `edge` rows. */
export function wipeWords(
  lower: Uint32Array,
  upper: Uint32Array,
  width: number,
  line: number,
  edge: number,
  out: Uint32Array,
): void {
  for (let start = 0, y = 0; start < out.length; start += width, y++) {
    const share = Math.round(256 * Math.min(1, Math.max(0, (line - y) / edge + 0.5)));
    for (let i = start; i < start + width; i++)
      out[i] = ((Math.imul(upper[i]!, share) + Math.imul(lower[i]!, 256 - share) + ROUND) >>> 8) & LANES;
  }
}

/** A rectangle of words inside a larger picture. */
export interface Window {
  /** Index of the first word. */
  start: number;
  /** Words from one row to the next. */
  stride: number;
  width: number;
  height: number;
}

/** Where a rectangle of the frame lies in the planes of a padded picture that is `stride` wide. */
export function windows(rect: Rect, stride: number): { luma: Window; chroma: Window } {
  const { width, height } = rect;
  const start = (rect.y + PAD) * stride + rect.x + PAD;
  const chromaStart = ((rect.y + PAD) / 2) * (stride / 2) + (rect.x + PAD) / 2;
  return {
    luma: { start, stride, width, height },
    chroma: { start: chromaStart, stride: stride / 2, width: width / 2, height: height / 2 },
  };
}

/** to = from mixed with `patch` by `mask` (0..256), inside the window. */
export function blendWords(
  to: Uint32Array,
  from: Uint32Array,
  window: Window,
  patch: Uint32Array,
  mask: Uint16Array,
): void {
  const { start, stride, width, height } = window;
  let i = 0;
  for (let y = 0; y < height; y++) {
    const row = start + y * stride;
    for (let x = row; x < row + width; x++, i++) {
      const m = mask[i]!;
      to[x] = m === 256 ? patch[i]! : ((Math.imul(from[x]!, 256 - m) + Math.imul(patch[i]!, m) + ROUND) >>> 8) & LANES;
    }
  }
}

/** to = skin over `below`, inside the window; the skin's alpha is `skinAlpha >>> shift`. */
export function layOver(
  to: Uint32Array,
  skin: Uint32Array,
  skinAlpha: Uint32Array,
  shift: number,
  window: Window,
  below: Uint32Array,
): void {
  const { start, stride, width, height } = window;
  let i = 0;
  for (let y = 0; y < height; y++) {
    const row = start + y * stride;
    for (let x = row; x < row + width; x++, i++) {
      const alpha = (skinAlpha[x]! >>> shift) & 255;
      const rest = 256 - alpha - (alpha >>> 7);
      to[x] = rest === 0 ? skin[x]! : skin[x]! + (((Math.imul(below[i]!, rest) + ROUND) >>> 8) & LANES);
    }
  }
}

/**
 * Lays a sprite onto `to`, moved by (dx, dy) words with fractions, clipped to the alpha of `clip`. Alphas are
 * `>>> shift` of their words. Beyond its border the sprite is transparent.
 */
export function laySprite(
  to: Uint32Array,
  toSize: { width: number; height: number },
  clip: Uint32Array,
  sprite: Uint32Array,
  spriteAlpha: Uint32Array,
  size: { width: number; height: number },
  shift: number,
  dx: number,
  dy: number,
): void {
  const ix = Math.floor(dx);
  const iy = Math.floor(dy);
  const fx = Math.round((dx - ix) * 16);
  const fy = Math.round((dy - iy) * 16);
  const [w00, w10, w01, w11] = [fx * fy, (16 - fx) * fy, fx * (16 - fy), (16 - fx) * (16 - fy)];
  const { width, height } = size;
  const top = Math.max(0, iy + 1);
  const left = Math.max(0, ix + 1);
  const bottom = Math.min(toSize.height, iy + height);
  const right = Math.min(toSize.width, ix + width);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * toSize.width + x;
      const s = (y - iy) * width + (x - ix);
      const alpha =
        (w11 * ((spriteAlpha[s]! >>> shift) & 255) +
          w01 * ((spriteAlpha[s - 1]! >>> shift) & 255) +
          w10 * ((spriteAlpha[s - width]! >>> shift) & 255) +
          w00 * ((spriteAlpha[s - width - 1]! >>> shift) & 255) +
          128) >>>
        8;
      if (alpha === 0) continue;
      const clipAlpha = (clip[at]! >>> shift) & 255;
      const kept = clipAlpha + (clipAlpha >>> 7);
      const colour =
        ((Math.imul(sprite[s]!, w11) +
          Math.imul(sprite[s - 1]!, w01) +
          Math.imul(sprite[s - width]!, w10) +
          Math.imul(sprite[s - width - 1]!, w00) +
          ROUND) >>>
          8) &
        LANES;
      // Rounded up: the lanes must not overflow where the sprite is opaque.
      const share = ((alpha + (alpha >>> 7)) * kept + 255) >>> 8;
      to[at] = ((Math.imul(colour, kept) + Math.imul(to[at]!, 256 - share) + ROUND) >>> 8) & LANES;
    }
  }
}
