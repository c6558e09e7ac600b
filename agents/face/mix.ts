/** Shares of layers, and the windows of a picture that they are laid into. */
import type { Kernels, Sheet } from './kernels.ts';
import { PAD } from './planes.ts';
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

/** Where a rectangle of the frame begins in the planes of a padded picture, relative to the planes' beginning. */
export function windowIn(picture: Sheet, { x, y }: Rect): { luma: number; chroma: number } {
  return {
    luma: (y + PAD) * picture.width + x + PAD,
    chroma: (((y + PAD) / 2) * picture.width) / 2 + (x + PAD) / 2,
  };
}

/** to = skin over `below`, inside a rectangle of the frame; `to` may be the skin, which has holes. */
export function layOver(kernels: Kernels, to: Sheet, skin: Sheet, rect: Rect, below: Sheet): void {
  const { luma, chroma } = windowIn(to, rect);
  const { width, height } = rect;
  const full = (plane: 'y' | 'alpha') =>
    kernels.run.layOver(to[plane] + luma, skin[plane] + luma, skin.alpha + luma, to.width, width, height, below[plane]);
  const half = (plane: 'u' | 'v' | 'soft') =>
    kernels.run.layOver(
      to[plane] + chroma,
      skin[plane] + chroma,
      skin.soft + chroma,
      to.width / 2,
      width / 2,
      height / 2,
      below[plane],
    );
  // Where `to` is the skin, its alphas are needed until the end.
  full('y');
  full('alpha');
  half('u');
  half('v');
  half('soft');
}
