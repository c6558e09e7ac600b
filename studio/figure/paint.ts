/** Work on the pixels of a figure: holes, filling what is not known, bending. */
import { crop, type Picture } from '../../agents/face/pictures.ts';
import { area, type Corners3, mapping, mark } from '../../agents/face/triangles.ts';
import type { Positions } from './geometry.ts';

/** Pixels inside the edge of a hole that stay opaque, also when the picture is halved; then it fades over more. */
const FIRM = 1.8;
const SOFT = 2.2;
/** Light that the rim of a hole loses, by colour: it falls on flesh. */
const RIM_SHADOW = [0.38, 0.5, 0.48];

export type Polygon = { x: number; y: number }[];

/** Distance to the polygon's edge in pixels, positive inside. */
export function distanceTo(polygon: Polygon, x: number, y: number): number {
  let inside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i]!;
    const b = polygon[j]!;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    const [ex, ey] = [b.x - a.x, b.y - a.y];
    const length = ex * ex + ey * ey;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * ex + (y - a.y) * ey) / length));
    nearest = Math.min(nearest, Math.hypot(x - a.x - t * ex, y - a.y - t * ey));
  }
  return inside ? nearest : -nearest;
}

/**
 * A copy that is transparent inside the polygon. What is outside stays opaque, so that the hole can be closed
 * without a seam; the soft edge lies inside. With `shadow` the rim gets darker over that many pixels.
 */
export function cutOut(picture: Picture, polygon: Polygon, { shadow = 0 } = {}): Picture {
  const { width, height } = picture;
  const data = picture.data.slice();
  const [left, right] = bounds(
    polygon.map(p => p.x),
    width,
    shadow,
  );
  const [top, bottom] = bounds(
    polygon.map(p => p.y),
    height,
    shadow,
  );
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const depth = distanceTo(polygon, x + 0.5, y + 0.5);
      const kept = 1 - Math.min(1, Math.max(0, (depth - FIRM) / SOFT));
      const near = shadow > 0 ? Math.max(0, 1 + Math.min(0, depth) / shadow) ** 2 : 0;
      if (kept === 1 && near === 0) continue;
      const at = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) data[at + c]! *= kept * (1 - RIM_SHADOW[c]! * near);
      data[at + 3]! *= kept;
    }
  return { width, height, data };
}

/** Brighter or darker than the flesh around by these shares is no flesh. */
const TOO_BRIGHT = 1.16;
const TOO_DARK = 0.68;

/** At the corners of a mouth its shadow reaches further out: by so many bands, within so many of the corner. */
const AT_CORNERS = { more: 2, bands: 6, tooDark: 0.86 };

/** Paints over what does not belong to the flesh along the outer rim of a polygon: teeth, the dark of the mouth. */
export function cleanRim(picture: Picture, polygon: Polygon, band: number): Picture {
  const { width, height, data } = picture;
  const [left, right] = bounds(
    polygon.map(p => p.x),
    width,
    4 * band,
  );
  const [top, bottom] = bounds(
    polygon.map(p => p.y),
    height,
    4 * band,
  );
  const luma = (at: number) => 0.3 * data[at]! + 0.59 * data[at + 1]! + 0.11 * data[at + 2]!;
  const corners = [polygon.reduce((a, b) => (b.x < a.x ? b : a)), polygon.reduce((a, b) => (b.x > a.x ? b : a))];
  const near = (x: number, y: number) =>
    Math.max(0, 1 - Math.min(...corners.map(p => Math.hypot(p.x - x, p.y - y))) / (AT_CORNERS.bands * band));
  const reach = (x: number, y: number) => band * (1 + AT_CORNERS.more * near(x, y));
  const depths = new Float32Array((right - left) * (bottom - top));
  let sum = 0;
  let count = 0;
  for (let y = top, i = 0; y < bottom; y++)
    for (let x = left; x < right; x++, i++) {
      const outside = -distanceTo(polygon, x + 0.5, y + 0.5);
      depths[i] = outside;
      if (outside < band || outside > 2.2 * band) continue;
      sum += luma((y * width + x) * 4);
      count += 1;
    }
  const flesh = sum / Math.max(1, count);
  const around = { x: left, y: top, width: right - left, height: bottom - top };
  const filled = fillUnknown(crop(picture, around), (x, y) => {
    const outside = depths[y * around.width + x]!;
    if (outside > reach(x + left, y + top)) return true;
    const light = luma(((y + top) * width + x + left) * 4) / flesh;
    return outside > 0 && light < TOO_BRIGHT && light > (near(x + left, y + top) > 0 ? AT_CORNERS.tooDark : TOO_DARK);
  });
  const out = data.slice();
  for (let y = 0; y < around.height; y++)
    for (let x = 0; x < around.width; x++) {
      const at = (y * around.width + x) * 4;
      if (depths[at / 4]! > reach(x + left, y + top) || depths[at / 4]! < -2 * band) continue;
      out.set(filled.data.subarray(at, at + 3), ((y + top) * width + x + left) * 4);
    }
  return { width, height, data: out };
}

function bounds(values: number[], limit: number, more: number): [from: number, to: number] {
  return [
    Math.max(0, Math.floor(Math.min(...values) - more) - 3),
    Math.min(limit, Math.ceil(Math.max(...values) + more) + 3),
  ];
}

/**
 * Keeps the known pixels and fills the others smoothly from those around (push-pull: Gortler et al., The
 * Lumigraph, 1996). The result is opaque.
 */
export function fillUnknown(picture: Picture, known: (x: number, y: number) => boolean): Picture {
  const { width, height } = picture;
  const weighted = new Float32Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const alpha = picture.data[at + 3]!;
      if (alpha < 250 || !known(x, y)) continue;
      for (let c = 0; c < 3; c++) weighted[at + c] = picture.data[at + c]!;
      weighted[at + 3] = 1;
    }
  const data = pushPull(weighted, width, height);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width, height, data };
}

/** Colour and weight per pixel -> colour everywhere. */
function pushPull(level: Float32Array, width: number, height: number): Float32Array {
  if (width <= 1 && height <= 1) return level;
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const small = new Float32Array(w * h * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      const to = ((y >> 1) * w + (x >> 1)) * 4;
      const weight = level[from + 3]!;
      for (let c = 0; c < 3; c++) small[to + c]! += level[from + c]! * weight;
      small[to + 3]! += weight;
    }
  for (let at = 0; at < small.length; at += 4) {
    const weight = small[at + 3]!;
    if (weight > 0) for (let c = 0; c < 3; c++) small[at + c]! /= weight;
    small[at + 3] = Math.min(1, weight);
  }
  const coarse = pushPull(small, w, h);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const weight = Math.min(1, level[at + 3]!);
      if (weight >= 1) continue;
      const sx = Math.min(w - 1, Math.max(0, x / 2 - 0.25));
      const sy = Math.min(h - 1, Math.max(0, y / 2 - 0.25));
      const [ix, iy] = [Math.min(w - 1, Math.floor(sx)), Math.min(h - 1, Math.floor(sy))];
      const [jx, jy] = [Math.min(w - 1, ix + 1), Math.min(h - 1, iy + 1)];
      const [fx, fy] = [sx - ix, sy - iy];
      for (let c = 0; c < 3; c++) {
        const top = coarse[(iy * w + ix) * 4 + c]! * (1 - fx) + coarse[(iy * w + jx) * 4 + c]! * fx;
        const low = coarse[(jy * w + ix) * 4 + c]! * (1 - fx) + coarse[(jy * w + jx) * 4 + c]! * fx;
        level[at + c] = level[at + c]! * weight + (top * (1 - fy) + low * fy) * (1 - weight);
      }
      level[at + 3] = 1;
    }
  return level;
}

/** The picture with its vertices moved from `from` to `to`; what no triangle covers stays. */
export function bendPicture(
  picture: Picture,
  triangles: [number, number, number][],
  from: Positions,
  to: Positions,
): Picture {
  const { width, height } = picture;
  const ids = new Uint16Array(width * height);
  const maps = new Float64Array((triangles.length + 1) * 6);
  const corners = (positions: Positions, [a, b, c]: [number, number, number]): Corners3 => [
    positions[a * 2]!,
    positions[a * 2 + 1]!,
    positions[b * 2]!,
    positions[b * 2 + 1]!,
    positions[c * 2]!,
    positions[c * 2 + 1]!,
  ];
  for (const [t, triangle] of triangles.entries()) {
    const drawn = corners(to, triangle);
    if (area(drawn) <= 0) continue;
    mark(ids, width, height, drawn, t + 1);
    mapping(maps, (t + 1) * 6, drawn, corners(from, triangle));
  }
  const data = picture.data.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const m = ids[y * width + x]! * 6;
      if (m === 0) continue;
      const u = maps[m]! * (x + 0.5) + maps[m + 1]! * (y + 0.5) + maps[m + 2]! - 0.5;
      const v = maps[m + 3]! * (x + 0.5) + maps[m + 4]! * (y + 0.5) + maps[m + 5]! - 0.5;
      sample(picture, u, v, data, (y * width + x) * 4);
    }
  return { width, height, data };
}

function sample({ width, height, data }: Picture, u: number, v: number, out: Float32Array, at: number): void {
  const x = Math.min(width - 1, Math.max(0, u));
  const y = Math.min(height - 1, Math.max(0, v));
  const [ix, iy] = [Math.min(width - 2, Math.floor(x)), Math.min(height - 2, Math.floor(y))];
  const [fx, fy] = [x - ix, y - iy];
  const p = (iy * width + ix) * 4;
  const q = p + width * 4;
  for (let c = 0; c < 4; c++)
    out[at + c] =
      (data[p + c]! * (1 - fx) + data[p + 4 + c]! * fx) * (1 - fy) +
      (data[q + c]! * (1 - fx) + data[q + 4 + c]! * fx) * fy;
}
