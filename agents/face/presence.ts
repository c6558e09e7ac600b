/** Finds where in the unbent picture the character may be seen, and where nothing shines through it. */
import { eachPlane, type Planes } from './planes.ts';
import type { Rect } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** Pixels per side of the blocks in which that is noted (also in kernels/grid.as). */
const BLOCK = 4;

/** Per corner of the blocks, row by row: how many of those above and to the left of it are marked. */
export interface Presence {
  /** Something of the character may be in there. */
  some: Uint32Array;
  /** Not all of it is opaque. */
  thin: Uint32Array;
}

export function presence(rig: Rig): Presence {
  const { width, height, body, upper, mouth, eyes, interior } = rig.file;
  const filled = [...eyes, ...(interior ? [interior] : [])].map(inset => inset.rect);
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const some = new Uint8Array(columns * rows);
  const thin = new Uint8Array(columns * rows);
  const note = (planes: Planes, left: number, top: number) => {
    const alphas = eachPlane(planes)[1]!.bytes;
    for (let i = 0; i < alphas.length; i++) {
      const alpha = alphas[i]!;
      const x = left + (i % planes.width);
      const y = top + Math.floor(i / planes.width);
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      if (alpha > 0) some[block] = 1;
      if (alpha < 255 && !filled.some(rect => holds(rect, x, y))) thin[block] = 1;
    }
  };
  note(rig.pictures.get(body)!, 0, 0);
  // The holes of a patch are filled from behind where there is something.
  for (const { rect, textures } of [upper, mouth])
    for (const file of Object.values(textures)) note(rig.pictures.get(file)!, rect.x, rect.y);
  return { some: sums(some, columns, rows), thin: sums(thin, columns, rows) };
}

function sums(marked: Uint8Array, columns: number, rows: number): Uint32Array {
  const pitch = columns + 1;
  const counts = new Uint32Array(pitch * (rows + 1));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const above = counts[y * pitch + x + 1]! - counts[y * pitch + x]!;
      counts[(y + 1) * pitch + x + 1] = marked[y * columns + x]! + above + counts[(y + 1) * pitch + x]!;
    }
  }
  return counts;
}

function holds({ x, y, width, height }: Rect, px: number, py: number): boolean {
  return px >= x && px < x + width && py >= y && py < y + height;
}
