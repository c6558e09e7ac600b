/** What is seen through a hole of the skin: eyes, the inside of the mouth. */
import { layOver, laySprite, type Window, windows } from './mix.ts';
import { copy, type Planes } from './planes.ts';
import type { Rect } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** A rest picture and sprites that move over it, clipped to it. */
export class Inset {
  readonly #rest: Planes;
  readonly #shown: Planes;
  readonly #sprites: { planes: Planes; x: number; y: number }[];
  readonly #windows: { luma: Window; chroma: Window };

  constructor(rig: Rig, rect: Rect, picture: string, sprites: (Rect & { picture: string })[], stride: number) {
    this.#rest = rig.pictures.get(picture)!;
    this.#shown = copy(this.#rest);
    this.#windows = windows(rect, stride);
    this.#sprites = sprites.map(s => ({ planes: rig.pictures.get(s.picture)!, x: s.x - rect.x, y: s.y - rect.y }));
  }

  /** Lays the skin, which has holes, over it. `moves` are the pixels that each sprite is moved by. */
  draw(to: Planes, skin: Planes, moves: { x: number; y: number }[]): void {
    const shown = this.#shown;
    const rest = this.#rest;
    shown.ya.set(rest.ya);
    shown.uv.set(rest.uv);
    const half = { width: shown.width / 2, height: shown.height / 2 };
    for (const [n, { planes, x, y }] of this.#sprites.entries()) {
      const dx = x + moves[n]!.x;
      const dy = y + moves[n]!.y;
      const size = { width: planes.width / 2, height: planes.height / 2 };
      laySprite(shown.ya, shown, rest.ya, planes.ya, planes.ya, planes, 16, dx, dy);
      laySprite(shown.uv, half, rest.a, planes.uv, planes.a, size, 0, dx / 2, dy / 2);
    }
    const { luma, chroma } = this.#windows;
    // The alpha that a word is laid by must outlive it where `to` is the skin itself: chroma before its alpha.
    layOver(to.ya, skin.ya, skin.ya, 16, luma, shown.ya);
    layOver(to.uv, skin.uv, skin.a, 0, chroma, shown.uv);
    // Clipped to the rest picture, the sprites leave its alpha as it is.
    layOver(to.a, skin.a, skin.a, 0, chroma, rest.a);
  }
}
