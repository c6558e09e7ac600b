/** Lips that are drawn to a ring, as o and u do, brought to the mouth of a picture. */
import type { Viseme } from '../../protocol/timeline.ts';
import { innerLower, innerUpper, LOWER_LIP, POINTS, UPPER_LIP } from './face-points.ts';
import type { Positions } from './geometry.ts';
import { JAW } from './jaw.ts';

/** In widths of the closed mouth: width and height of the opening, and how far the upper lip comes down over the teeth. */
export const RINGS: Partial<Record<Viseme, { width: number; height: number; fall: number }>> = {
  O: { width: 0.66, height: 0.31, fall: 0.02 },
  U: { width: 0.54, height: 0.2, fall: 0.035 },
};
/** Rows of a lip move with its edge, those further out a little less: a ring pushes them together. */
const ROWS = [0.82, 0.88, 0.94, 1];
/** How high the corners lie in the opening, as share of its height: below its middle, as lips hang. */
const CORNERS = 0.46;
/** The skin follows its nearest part of the lips, and less with distance; in widths of the mouth. */
const SKIN = { near: 0.22, fades: 0.42 };

/**
 * Where every point goes: with the jaw as open as it is in that sound the opening is an ellipse, whatever the mouth was
 * like. Pixels.
 */
export function roundedLips(viseme: Viseme, vertices: Positions, jaw: Positions, mouthWidth: number): Positions {
  const { width, height, fall } = RINGS[viseme]!;
  const by = new Float64Array(vertices.length);
  const x = (n: number) => vertices[n * 2]!;
  const y = (n: number) => vertices[n * 2 + 1]!;
  const middle = { x: (x(innerUpper[0]) + x(innerUpper[10])) / 2, y: y(innerUpper[5]) + fall * mouthWidth };
  const corner = middle.y + CORNERS * height * mouthWidth;
  for (const [lip, edge, reach] of [
    [UPPER_LIP, innerUpper, -CORNERS],
    [LOWER_LIP, innerLower, 1 - CORNERS],
  ] as const)
    for (const [i, n] of edge.entries()) {
      const angle = Math.PI * (1 - i / 10);
      const to = {
        x: middle.x + (Math.cos(angle) * width * mouthWidth) / 2,
        y: corner + Math.sin(angle) * reach * height * mouthWidth,
      };
      const moved = [to.x - x(n) - JAW[viseme] * jaw[n * 2]!, to.y - y(n) - JAW[viseme] * jaw[n * 2 + 1]!];
      for (const [r, row] of lip.entries()) for (const c of [0, 1]) by[row[i]! * 2 + c] = moved[c]! * ROWS[r]!;
    }
  const lips = [...new Set<number>([...UPPER_LIP.flat(), ...LOWER_LIP.flat()])];
  const rim = [...UPPER_LIP[0], ...LOWER_LIP[0]];
  for (let n = 0; n < POINTS; n++) {
    if (lips.includes(n)) continue;
    let [sum, dx, dy, nearest] = [0, 0, 0, Number.POSITIVE_INFINITY];
    for (const lip of rim) {
      const far = Math.hypot(x(lip) - x(n), y(lip) - y(n)) / mouthWidth;
      const weight = Math.exp(-((far / SKIN.near) ** 2)) + 1e-9;
      nearest = Math.min(nearest, far);
      sum += weight;
      dx += weight * by[lip * 2]!;
      dy += weight * by[lip * 2 + 1]!;
    }
    const share = Math.exp(-((nearest / SKIN.fades) ** 2)) / sum;
    by[n * 2] = dx * share;
    by[n * 2 + 1] = dy * share;
  }
  return by;
}
