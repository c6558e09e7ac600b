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

const known = new WeakMap<Rig, Presence>();

/** Looked for once per rig: all of its pictures are read for it. */
export function presence(rig: Rig): Presence {
  const found = known.get(rig) ?? look(rig);
  known.set(rig, found);
  return found;
}

function look(rig: Rig): Presence {
  const { width, height, body, upper, mouth, eyes, interior } = rig.file;
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const some = new Uint8Array(columns * rows);
  const thin = new Uint8Array(columns * rows);
  // The holes of a patch are filled from behind where there is something.
  const filled = new Uint8Array(width * height);
  for (const { rect } of [...eyes, ...(interior ? [interior] : [])]) fill(filled, width, rect);
  const note = (planes: Planes, left: number, top: number) => {
    const alphas = eachPlane(planes)[1]!.bytes;
    let at = 0;
    for (let y = top; y < top + planes.height; y++) {
      const row = Math.floor(y / BLOCK) * columns;
      for (let x = left; x < left + planes.width; x++) {
        const alpha = alphas[at++]!;
        const block = row + Math.floor(x / BLOCK);
        if (alpha > 0) some[block] = 1;
        if (alpha < 255 && filled[y * width + x] !== 1) thin[block] = 1;
      }
    }
  };
  note(rig.pictures.get(body)!, 0, 0);
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

/** Marks the pixels of a rectangle, whose sides may lie between two. */
function fill(marks: Uint8Array, pitch: number, { x, y, width, height }: Rect): void {
  for (let py = Math.ceil(y); py < y + height; py++)
    marks.fill(1, py * pitch + Math.ceil(x), py * pitch + Math.ceil(x + width));
}
