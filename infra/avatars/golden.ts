/** Small pictures of a rig's stills, kept to be compared with: one file per rig, a cell per still. */
import { readFile, writeFile } from 'node:fs/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { Renderer } from '../../agents/face/renderer.ts';
import type { Rig } from '../../agents/face/rig-load.ts';
import { faceOf, stills } from './sheet.ts';
import { pose, toCanvas } from './stills.ts';

/** Of one cell, pixels. */
const GOLDEN_CELL = { width: 58, height: 64 };
const COLUMNS = 16;

export interface Cell {
  label: string;
  /** Straight RGBA. */
  data: Uint8ClampedArray;
}

/** Every still of the contact sheet, small. */
export function draw(rig: Rig): Cell[] {
  const renderer = new Renderer(rig);
  const view = faceOf(rig.file);
  const { width, height } = GOLDEN_CELL;
  const context = createCanvas(width, height).getContext('2d');
  context.imageSmoothingQuality = 'high';
  return stills(rig.file).map(([label, still]) => {
    const picture = toCanvas(renderer.draw(pose(rig.file, still)));
    context.drawImage(picture, view.x, view.y, view.width, view.height, 0, 0, width, height);
    const feeling = still.emotion ? `${still.emotion} ` : '';
    return { label: `${feeling}${label}`, data: context.getImageData(0, 0, width, height).data.slice() };
  });
}

export async function writeGolden(file: string, cells: Cell[]): Promise<void> {
  const { width, height } = GOLDEN_CELL;
  const canvas = createCanvas(COLUMNS * width, Math.ceil(cells.length / COLUMNS) * height);
  const context = canvas.getContext('2d');
  for (const [i, { data }] of cells.entries()) {
    const image = context.createImageData(width, height);
    image.data.set(data);
    context.putImageData(image, (i % COLUMNS) * width, Math.floor(i / COLUMNS) * height);
  }
  await writeFile(file, await canvas.encode('webp', 100));
}

export async function readGolden(file: string, count: number): Promise<Uint8ClampedArray[]> {
  const image = await loadImage(await readFile(file));
  const { width, height } = GOLDEN_CELL;
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return Array.from({ length: count }, (_, i) =>
    context.getImageData((i % COLUMNS) * width, Math.floor(i / COLUMNS) * height, width, height).data.slice(),
  );
}

/**
 * Structural similarity of two cells (Wang et al., Image quality assessment, 2004), the least of all 8 x 8 blocks'
 * luma and of the mean colours' likeness: 1 is the same.
 */
export function similarity(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  const { width, height } = GOLDEN_CELL;
  const luma = (data: Uint8ClampedArray, i: number) =>
    0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
  let sum = 0;
  let count = 0;
  for (let top = 0; top + 8 <= height; top += 4)
    for (let left = 0; left + 8 <= width; left += 4) {
      let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + 8; y++)
        for (let x = left; x < left + 8; x++) {
          const [p, q] = [luma(a, y * width + x), luma(b, y * width + x)];
          ma += p / 64;
          mb += q / 64;
          aa += (p * p) / 64;
          bb += (q * q) / 64;
          ab += (p * q) / 64;
        }
      const [va, vb, cov] = [aa - ma * ma, bb - mb * mb, ab - ma * mb];
      sum += ((2 * ma * mb + 6.5) * (2 * cov + 58.5)) / ((ma * ma + mb * mb + 6.5) * (va + vb + 58.5));
      count += 1;
    }
  return sum / count;
}
