/** The grid that bends the picture: displacement sets, their sum, and where each grid point comes from. */
import { CELL } from './fit.ts';
import type { Weights } from './pose.ts';
import type { Rig } from './rig-load.ts';

/** Steps of the search for a point's origin; errors shrink to under 0.1 px with the steepest of Ollie's arms. */
const STEPS = 6;

export class Mesh {
  readonly columns: number;
  readonly rows: number;
  /** For each grid point of the drawn frame the pixel x, y of the picture that is shown there. */
  readonly origins: Float32Array;
  readonly #shapes: Map<string, Float32Array>;
  readonly #sum: Float32Array;

  constructor(rig: Rig) {
    const columns = rig.file.width / CELL + 1;
    const rows = rig.file.height / CELL + 1;
    this.columns = columns;
    this.rows = rows;
    this.#shapes = rig.shapes;
    this.#sum = new Float32Array(columns * rows * 2);
    this.origins = new Float32Array(columns * rows * 2);
  }

  /** Adds the shapes up and finds the origins. */
  bend(weights: Weights): void {
    const sum = this.#sum.fill(0);
    for (const [name, weight] of Object.entries(weights)) {
      const shape = this.#shapes.get(name);
      if (!shape) throw new RangeError(`the rig has no mesh shape "${name}"`);
      if (weight !== 0) for (let i = 0; i < sum.length; i++) sum[i]! += weight * shape[i]!;
    }
    this.#invert();
  }

  /** Shapes say where a point goes to; drawing needs where it comes from: origin = point - shift(origin). */
  #invert(): void {
    const { columns, rows, origins } = this;
    const sum = this.#sum;
    for (let row = 0, v = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, v += 2) {
        let gx = column;
        let gy = row;
        for (let step = 0; step < STEPS; step++) {
          const cx = gx < 0 ? 0 : gx > columns - 1 ? columns - 1 : gx;
          const cy = gy < 0 ? 0 : gy > rows - 1 ? rows - 1 : gy;
          const ix = Math.min(columns - 2, Math.floor(cx));
          const iy = Math.min(rows - 2, Math.floor(cy));
          const fx = cx - ix;
          const fy = cy - iy;
          const at = (iy * columns + ix) * 2;
          const below = at + columns * 2;
          const x =
            (sum[at]! * (1 - fx) + sum[at + 2]! * fx) * (1 - fy) + (sum[below]! * (1 - fx) + sum[below + 2]! * fx) * fy;
          const y =
            (sum[at + 1]! * (1 - fx) + sum[at + 3]! * fx) * (1 - fy) +
            (sum[below + 1]! * (1 - fx) + sum[below + 3]! * fx) * fy;
          gx = column - x / CELL;
          gy = row - y / CELL;
        }
        origins[v] = gx * CELL;
        origins[v + 1] = gy * CELL;
      }
    }
  }
}
