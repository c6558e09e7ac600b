/** Reading, cutting, halving and writing pictures for the rig converters. */
import { writeFile } from 'node:fs/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';

/** Premultiplied RGBA, 0..255 per channel in floats. */
export interface Picture {
  width: number;
  height: number;
  data: Float32Array;
}

/** Decodes a picture file and premultiplies it. */
export async function readPicture(file: string): Promise<Picture> {
  const image = await loadImage(file);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const data = Float32Array.from(context.getImageData(0, 0, width, height).data);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    for (let c = 0; c < 3; c++) data[i + c]! *= alpha;
  }
  return { width, height, data };
}

/** A rectangle of the picture; transparent where it reaches beyond. */
export function crop(picture: Picture, box: { x: number; y: number; width: number; height: number }): Picture {
  const data = new Float32Array(box.width * box.height * 4);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const sx = x + box.x;
      const sy = y + box.y;
      if (sx < 0 || sy < 0 || sx >= picture.width || sy >= picture.height) continue;
      const at = (sy * picture.width + sx) * 4;
      data.set(picture.data.subarray(at, at + 4), (y * box.width + x) * 4);
    }
  }
  return { width: box.width, height: box.height, data };
}

/** Lanczos-3 for a step of two: taps at ±0.5, ±1.5 .. ±5.5 source pixels. */
const TAPS = (() => {
  const sinc = (x: number) => Math.sin(Math.PI * x) / (Math.PI * x);
  const taps = Array.from({ length: 12 }, (_, i) => (i - 5.5) / 2).map(x => sinc(x) * sinc(x / 3));
  const sum = taps.reduce((a, b) => a + b);
  return taps.map(tap => tap / sum);
})();

/** Half the size. */
export function halve({ width, height, data }: Picture): Picture {
  const rows = halveAlong(data, width, height, 4, width * 4);
  const half = halveAlong(rows, height, width / 2, (width / 2) * 4, 4);
  const out = new Float32Array(half.length);
  for (let i = 0; i < half.length; i += 4) {
    const alpha = Math.min(255, Math.max(0, half[i + 3]!));
    out[i + 3] = alpha;
    for (let c = 0; c < 3; c++) out[i + c] = Math.min(alpha, Math.max(0, half[i + c]!));
  }
  return { width: width / 2, height: height / 2, data: out };
}

/** Halves the axis that has `length` pixels `step` apart, on `lines` lines `pitch` apart. */
function halveAlong(data: Float32Array, length: number, lines: number, step: number, pitch: number): Float32Array {
  const out = new Float32Array(data.length / 2);
  const alongRow = step === 4;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length / 2; i++) {
      const target = alongRow ? (line * (length / 2) + i) * 4 : i * step + line * 4;
      for (let tap = 0; tap < 12; tap++) {
        const at = Math.min(length - 1, Math.max(0, 2 * i + tap - 5));
        for (let c = 0; c < 4; c++) out[target + c]! += TAPS[tap]! * data[line * pitch + at * step + c]!;
      }
    }
  }
  return out;
}

/** Writes lossless WebP with straight alpha. */
export async function writePicture({ width, height, data }: Picture, file: string): Promise<void> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    for (let c = 0; c < 3; c++) image.data[i + c] = alpha > 0 ? (data[i + c]! * 255) / alpha : 0;
    image.data[i + 3] = alpha;
  }
  context.putImageData(image, 0, 0);
  // Quality 100 is the lossless mode.
  await writeFile(file, await canvas.encode('webp', 100));
}
