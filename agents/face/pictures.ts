/** Pictures while they are prepared: decoding, scaling, encoding. Drawing works on planes (planes.ts). */
import { createCanvas, type Image, loadImage } from '@napi-rs/canvas';

/** Premultiplied RGBA, 0..255 per channel in floats. */
export interface Picture {
  width: number;
  height: number;
  data: Float32Array;
}

/** Premultiplies straight RGBA. */
export function fromRgba(width: number, height: number, rgba: Uint8ClampedArray): Picture {
  const data = Float32Array.from(rgba);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    if (alpha < 1) for (let c = 0; c < 3; c++) data[i + c]! *= alpha;
  }
  return { width, height, data };
}

/** Straight RGBA. */
export function toRgba({ width, height, data }: Picture): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    for (let c = 0; c < 3; c++) rgba[i + c] = alpha > 0 ? (data[i + c]! * 255) / alpha : 0;
    rgba[i + 3] = alpha;
  }
  return rgba;
}

/** Decodes an image file or its bytes. */
export async function readPicture(source: string | Uint8Array): Promise<Picture> {
  const image: Image = await loadImage(typeof source === 'string' ? source : Buffer.from(source));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return fromRgba(width, height, context.getImageData(0, 0, width, height).data);
}

/** WebP with straight alpha and without metadata; quality 100 is lossless. */
export async function encodePicture(picture: Picture, quality = 100): Promise<Buffer> {
  const { width, height } = picture;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  image.data.set(toRgba(picture));
  context.putImageData(image, 0, 0);
  return await canvas.encode('webp', quality);
}

/** Where an output picture lies in its source: output pixel `i` shows source position `from + i / scale`. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Output pixels per source pixel. */
  scale: number;
}

/**
 * Cuts a view out of a picture and scales it (Lanczos-3). `view.x, view.y` are source pixels of the output's
 * top left corner. Beyond its border the source is transparent, or with `extend` continues.
 */
export function scalePicture(source: Picture, view: View, extend = false): Picture {
  const across = taps(source.width, view.x, view.width, view.scale, extend);
  const down = taps(source.height, view.y, view.height, view.scale, extend);
  const rows = new Float32Array(view.width * source.height * 4);
  for (let y = 0; y < source.height; y++)
    for (let x = 0; x < view.width; x++)
      gather(source.data, y * source.width * 4, 4, across[x]!, rows, (y * view.width + x) * 4);
  const data = new Float32Array(view.width * view.height * 4);
  for (let y = 0; y < view.height; y++)
    for (let x = 0; x < view.width; x++) gather(rows, x * 4, view.width * 4, down[y]!, data, (y * view.width + x) * 4);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = Math.min(255, Math.max(0, data[i + 3]!));
    data[i + 3] = alpha;
    for (let c = 0; c < 3; c++) data[i + c] = Math.min(alpha, Math.max(0, data[i + c]!));
  }
  return { width: view.width, height: view.height, data };
}

/** The part of a picture inside a rectangle. */
export function crop(picture: Picture, box: { x: number; y: number; width: number; height: number }): Picture {
  return scalePicture(picture, { ...box, scale: 1 });
}

interface Taps {
  at: Int32Array;
  weights: Float32Array;
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const t = Math.PI * x;
  return (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
}

function taps(length: number, from: number, count: number, scale: number, extend: boolean): Taps[] {
  const shrink = Math.min(1, scale);
  const reach = 3 / shrink;
  return Array.from({ length: count }, (_, i) => {
    const centre = from + (i + 0.5) / scale - 0.5;
    const first = Math.ceil(centre - reach);
    const wanted = Array.from({ length: Math.floor(centre + reach) - first + 1 }, (_, n) => first + n);
    const all = wanted.map(at => lanczos((at - centre) * shrink));
    const sum = all.reduce((a, b) => a + b, 0);
    const kept = wanted.map((at, n) => ({ at, weight: all[n]! / sum })).filter(t => Math.abs(t.weight) > 1e-4);
    const inside = extend
      ? kept.map(t => ({ ...t, at: Math.min(length - 1, Math.max(0, t.at)) }))
      : kept.filter(t => t.at >= 0 && t.at < length);
    return { at: Int32Array.from(inside, t => t.at), weights: Float32Array.from(inside, t => t.weight) };
  });
}

function gather(from: Float32Array, base: number, step: number, taps: Taps, to: Float32Array, o: number): void {
  let r = 0;
  let g = 0;
  let b = 0;
  let a = 0;
  const { at, weights } = taps;
  for (let n = 0; n < at.length; n++) {
    const i = base + at[n]! * step;
    const w = weights[n]!;
    r += from[i]! * w;
    g += from[i + 1]! * w;
    b += from[i + 2]! * w;
    a += from[i + 3]! * w;
  }
  to[o] = r;
  to[o + 1] = g;
  to[o + 2] = b;
  to[o + 3] = a;
}
