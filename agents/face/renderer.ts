/** Turns a pose into an I420 picture: composes the character, bends it and lays it over the background. */
import type { I420 } from './avatar.ts';
import { Composer } from './compose.ts';
import { CELL } from './fit.ts';
import { Mesh } from './mesh.ts';
import { PAD, type Planes } from './planes.ts';
import type { Pose } from './pose.ts';
import { Presence } from './presence.ts';
import type { Rig } from './rig-load.ts';
import { type Corners, type Target, warpChroma, warpLuma } from './warp.ts';

/** Pixels. Of two neighbours one may have moved by this much when the other has not: far less than a seam. */
const UNSEEN = 0.13;

export class Renderer {
  readonly width: number;
  readonly height: number;
  readonly #composer: Composer;
  readonly #mesh: Mesh;
  readonly #background: Uint8Array;
  readonly #picture: I420;
  readonly #presence: Presence;
  /** Per cell: nothing of the character, or some, is drawn there. */
  readonly #drawn: Uint8Array;
  /** Where the corners of each cell came from when it was drawn last. */
  readonly #before: Float32Array;
  readonly #corners: Corners = { x00: 0, y00: 0, x10: 0, y10: 0, x01: 0, y01: 0, x11: 0, y11: 0 };
  readonly #target: Target = { start: 0, stride: 0, width: 0, height: 0 };

  constructor(rig: Rig) {
    this.width = rig.file.width;
    this.height = rig.file.height;
    this.#composer = new Composer(rig);
    this.#mesh = new Mesh(rig);
    this.#background = toI420(rig.pictures.get(rig.file.background)!);
    this.#picture = { width: this.width, height: this.height, data: this.#background.slice() };
    this.#presence = new Presence(rig);
    this.#drawn = new Uint8Array(this.#mesh.columns * this.#mesh.rows);
    this.#before = new Float32Array(this.#drawn.length * 8).fill(Number.NaN);
  }

  /** The returned picture is overwritten by the next call. */
  draw(pose: Pose): I420 {
    this.#composer.draw(pose);
    this.#mesh.bend(pose.shapes);
    for (let row = 0; row < this.#mesh.rows - 1; row++)
      for (let column = 0; column < this.#mesh.columns - 1; column++) this.#cell(column, row);
    return this.#picture;
  }

  #cell(column: number, row: number): void {
    const { origins, columns } = this.#mesh;
    const a = (row * columns + column) * 2;
    const b = a + columns * 2;
    const left = Math.min(origins[a]!, origins[a + 2]!, origins[b]!, origins[b + 2]!);
    const right = Math.max(origins[a]!, origins[a + 2]!, origins[b]!, origins[b + 2]!);
    const top = Math.min(origins[a + 1]!, origins[a + 3]!, origins[b + 1]!, origins[b + 3]!);
    const bottom = Math.max(origins[a + 1]!, origins[a + 3]!, origins[b + 1]!, origins[b + 3]!);
    const at = row * columns + column;
    if (!this.#moved(at * 8, a, b) && !this.#changed(left, top, right, bottom)) return;
    const present = this.#presence.any(left, top, right, bottom);
    if (!present && !this.#drawn[at]) return;
    this.#drawn[at] = present ? 1 : 0;
    this.#warp(a, b, column, row, this.#presence.solid(left, top, right, bottom));
  }

  /** Whether a corner came from elsewhere when the cell was drawn last, by more than can be seen. */
  #moved(at: number, a: number, b: number): boolean {
    const { origins } = this.#mesh;
    const before = this.#before;
    let still = true;
    for (let i = 0; i < 4; i++) {
      still &&= Math.abs(before[at + i]! - origins[a + i]!) < UNSEEN;
      still &&= Math.abs(before[at + 4 + i]! - origins[b + i]!) < UNSEEN;
    }
    if (still) return false;
    for (let i = 0; i < 4; i++) {
      before[at + i] = origins[a + i]!;
      before[at + 4 + i] = origins[b + i]!;
    }
    return true;
  }

  /** Whether the rectangle of the unbent picture was painted anew. */
  #changed(left: number, top: number, right: number, bottom: number): boolean {
    for (const r of this.#composer.changed)
      if (left <= r.x + r.width && right + 1 >= r.x && top <= r.y + r.height && bottom + 1 >= r.y) return true;
    return false;
  }

  #warp(a: number, b: number, column: number, row: number, solid: boolean): void {
    const { origins } = this.#mesh;
    const c = this.#corners;
    const target = this.#target;
    const { ya, uv, a: alpha, width: stride } = this.#composer.picture;
    const maxX = (this.width + 2 * PAD - 2) * 65536;
    const maxY = (this.height + 2 * PAD - 2) * 65536;
    c.x00 = fixed(origins[a]!, maxX);
    c.y00 = fixed(origins[a + 1]!, maxY);
    c.x10 = fixed(origins[a + 2]!, maxX);
    c.y10 = fixed(origins[a + 3]!, maxY);
    c.x01 = fixed(origins[b]!, maxX);
    c.y01 = fixed(origins[b + 1]!, maxY);
    c.x11 = fixed(origins[b + 2]!, maxX);
    c.y11 = fixed(origins[b + 3]!, maxY);
    target.width = CELL;
    target.height = CELL;
    target.stride = this.width;
    target.start = row * CELL * this.width + column * CELL;
    warpLuma(ya, stride, c, this.#picture.data, this.#background, target, solid);
    halve(c);
    target.width /= 2;
    target.height /= 2;
    target.stride /= 2;
    target.start = this.width * this.height + (row * CELL * this.width) / 4 + (column * CELL) / 2;
    warpChroma(
      uv,
      alpha,
      stride / 2,
      c,
      this.#picture.data,
      this.#background,
      target,
      (this.width * this.height) / 4,
      solid,
    );
  }
}

/** Pixel of the frame -> 65536ths in the padded picture, held inside it. */
function fixed(pixel: number, max: number): number {
  return Math.min(max, Math.max(0, Math.round((pixel + PAD) * 65536)));
}

/** To the chroma planes. Their pixels sit between two luma pixels, hence a quarter of a chroma pixel less. */
function halve(c: Corners): void {
  const shift = -16384;
  for (const key of ['x00', 'y00', 'x10', 'y10', 'x01', 'y01', 'x11', 'y11'] as const)
    c[key] = Math.max(0, (c[key] >> 1) + shift);
}

function toI420({ width, height, ya, uv }: Planes): Uint8Array {
  const data = new Uint8Array((width * height * 3) / 2);
  for (let i = 0; i < ya.length; i++) data[i] = ya[i]! & 255;
  for (let i = 0; i < uv.length; i++) {
    data[ya.length + i] = uv[i]! & 255;
    data[ya.length + uv.length + i] = uv[i]! >>> 16;
  }
  return data;
}
