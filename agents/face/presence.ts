/** Knows where in the unbent picture the character may be seen, and where nothing shines through it. */
import type { Planes } from './planes.ts';
import type { Rect } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** Pixels per side of the blocks in which that is noted. */
const BLOCK = 4;
/** Pixels that sampling reaches beyond a rectangle. */
const REACH = 1;

export class Presence {
  readonly #columns: number;
  readonly #rows: number;
  /** Counts of such blocks above and to the left. */
  readonly #someSums: Uint32Array;
  readonly #thinSums: Uint32Array;

  constructor(rig: Rig) {
    const { width, height, body, upper, mouth, eyes, interior } = rig.file;
    const filled = [...eyes, ...(interior ? [interior] : [])].map(inset => inset.rect);
    this.#columns = Math.ceil(width / BLOCK);
    this.#rows = Math.ceil(height / BLOCK);
    const some = new Uint8Array(this.#columns * this.#rows);
    const thin = new Uint8Array(this.#columns * this.#rows);
    const note = (planes: Planes, left: number, top: number) => {
      for (let i = 0; i < planes.ya.length; i++) {
        const alpha = planes.ya[i]! >>> 16;
        const x = left + (i % planes.width);
        const y = top + Math.floor(i / planes.width);
        const block = Math.floor(y / BLOCK) * this.#columns + Math.floor(x / BLOCK);
        if (alpha > 0) some[block] = 1;
        if (alpha < 255 && !filled.some(rect => holds(rect, x, y))) thin[block] = 1;
      }
    };
    note(rig.pictures.get(body)!, 0, 0);
    // The holes of a patch are filled from behind where there is something.
    for (const { rect, textures } of [upper, mouth])
      for (const file of Object.values(textures)) note(rig.pictures.get(file)!, rect.x, rect.y);
    this.#someSums = this.#sums(some);
    this.#thinSums = this.#sums(thin);
  }

  #sums(marked: Uint8Array): Uint32Array {
    const pitch = this.#columns + 1;
    const sums = new Uint32Array(pitch * (this.#rows + 1));
    for (let y = 0; y < this.#rows; y++) {
      for (let x = 0; x < this.#columns; x++) {
        const above = sums[y * pitch + x + 1]! - sums[y * pitch + x]!;
        sums[(y + 1) * pitch + x + 1] = marked[y * this.#columns + x]! + above + sums[(y + 1) * pitch + x]!;
      }
    }
    return sums;
  }

  /** Whether anything of the character may be in the rectangle (pixels). */
  any(left: number, top: number, right: number, bottom: number): boolean {
    return this.#count(this.#someSums, left, top, right, bottom) > 0;
  }

  /** Whether all of the rectangle is opaque. */
  solid(left: number, top: number, right: number, bottom: number): boolean {
    return this.#count(this.#thinSums, left, top, right, bottom) === 0;
  }

  #count(sums: Uint32Array, left: number, top: number, right: number, bottom: number): number {
    const x0 = block(left - REACH, this.#columns);
    const y0 = block(top - REACH, this.#rows);
    const x1 = block(right + REACH, this.#columns) + 1;
    const y1 = block(bottom + REACH, this.#rows) + 1;
    const pitch = this.#columns + 1;
    return sums[y1 * pitch + x1]! - sums[y0 * pitch + x1]! - sums[y1 * pitch + x0]! + sums[y0 * pitch + x0]!;
  }
}

function holds({ x, y, width, height }: Rect, px: number, py: number): boolean {
  return px >= x && px < x + width && py >= y && py < y + height;
}

/** The block of a pixel; the border's continues outside the frame. */
function block(pixel: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(pixel / BLOCK)));
}
