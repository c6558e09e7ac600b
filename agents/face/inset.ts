/** What is seen through a hole of the skin: eyes, the inside of the mouth. */
import { type Kernels, Sheet } from './kernels.ts';
import { layOver } from './mix.ts';
import type { Rect } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** A rest picture and sprites that move over it, clipped to it. */
export class Inset {
  readonly #kernels: Kernels;
  readonly #rect: Rect;
  readonly #rest: Sheet;
  readonly #shown: Sheet;
  readonly #sprites: { sheet: Sheet; x: number; y: number }[];

  constructor(kernels: Kernels, rig: Rig, rect: Rect, picture: string, sprites: (Rect & { picture: string })[]) {
    this.#kernels = kernels;
    this.#rect = rect;
    this.#rest = Sheet.of(kernels, rig.pictures.get(picture)!);
    this.#shown = new Sheet(kernels, this.#rest.width, this.#rest.height);
    this.#sprites = sprites.map(s => ({
      sheet: Sheet.of(kernels, rig.pictures.get(s.picture)!),
      x: s.x - rect.x,
      y: s.y - rect.y,
    }));
  }

  /** Lays the skin, which has holes, over it. `moves` are the pixels that each sprite is moved by. */
  draw(to: Sheet, skin: Sheet, moves: { x: number; y: number }[]): void {
    const { run } = this.#kernels;
    const shown = this.#shown;
    const rest = this.#rest;
    this.#kernels.bytes(shown.y, shown.bytes).set(this.#kernels.bytes(rest.y, rest.bytes));
    const { width, height } = shown;
    // Clipped to the rest picture, the sprites leave its alpha as it is.
    for (const [n, { sheet, x, y }] of this.#sprites.entries()) {
      const dx = x + moves[n]!.x;
      const dy = y + moves[n]!.y;
      run.sprite(shown.y, width, height, rest.alpha, sheet.y, sheet.alpha, sheet.width, sheet.height, dx, dy);
      for (const plane of ['u', 'v'] as const)
        run.sprite(
          shown[plane],
          width / 2,
          height / 2,
          rest.soft,
          sheet[plane],
          sheet.soft,
          sheet.width / 2,
          sheet.height / 2,
          dx / 2,
          dy / 2,
        );
    }
    layOver(this.#kernels, to, skin, this.#rect, shown);
  }
}
