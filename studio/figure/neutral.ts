/** From the face that a photograph shows to the one that it rests with: lips closed, hardly a smile. */
import { CHIN, innerLower, innerUpper, LOWER_LIP, OVAL, UPPER_LIP } from './face-points.ts';
import { ramp } from './fields.ts';
import type { Positions } from './geometry.ts';

export interface NeutralFace {
  vertices: Positions;
  /** Between the corners of the lips, pixels. */
  mouthWidth: number;
  /** Widest gap between the lips in the photograph, in widths of the mouth. */
  gap: number;
}

/** Share of a gap that the upper lip closes; the lower one and the jaw do the rest. */
const UPPER_SHARE = 0.42;
/** How much the rows of a lip move with its edge, from the opening outwards. */
const UPPER_ROWS = [0.55, 0.75, 0.9, 1];
const LOWER_ROWS = [0.85, 0.9, 0.95, 1];
/** A smile is kept up to this, as the height of the corners over the middle in widths of the mouth. */
const KEPT_SMILE = 0.05;

/** @param photo x, y of the face's points, and of others around them, which stay */
export function neutralFace(photo: Positions): NeutralFace {
  const vertices = photo.slice();
  const x = (n: number) => photo[n * 2]!;
  const y = (n: number) => photo[n * 2 + 1]!;
  const [left, right] = [innerUpper[0], innerUpper[10]];
  const width = Math.hypot(x(right) - x(left), y(right) - y(left));
  const gaps = innerUpper.map((u, i) => y(innerLower[i]!) - y(u));
  const widest = Math.max(0, ...gaps);
  const middleY = y(innerUpper[5]) + UPPER_SHARE * gaps[5]!;
  const lift = (middleY - (y(left) + y(right)) / 2) / width;
  const relax = Math.max(0, lift - KEPT_SMILE) * 0.75;
  /** Down and inwards with the corners, by how far out a point is. */
  const unsmile = (px: number): [number, number] => {
    const side = (px - (x(left) + x(right)) / 2) / (width / 2);
    const far = Math.min(1.2, Math.abs(side));
    return [-Math.sign(side) * far * relax * width * 0.6, relax * width * far ** 1.6];
  };
  const moved = new Set<number>();
  const move = (n: number, dx: number, dy: number) => {
    if (moved.has(n)) return;
    moved.add(n);
    vertices[n * 2] = x(n) + dx;
    vertices[n * 2 + 1] = y(n) + dy;
  };
  const closing = (rows: readonly (readonly number[])[], shares: number[], share: number) => {
    for (const [r, row] of rows.entries())
      for (const [i, n] of row.entries()) {
        const [dx, dy] = unsmile(x(n));
        move(n, dx, dy + shares[r]! * share * gaps[i]!);
      }
  };
  closing(UPPER_LIP, UPPER_ROWS, UPPER_SHARE);
  closing(LOWER_LIP, LOWER_ROWS, UPPER_SHARE - 1);
  // Touching lips share their edge.
  for (const [i, u] of innerUpper.entries()) {
    const l = innerLower[i]!;
    for (const c of [0, 1]) vertices[l * 2 + c] = vertices[u * 2 + c]!;
  }
  orderLips(vertices, width);
  // The skin around follows, less with distance; the chin follows the lower lip.
  const chinY = y(CHIN);
  const oval = new Set<number>(OVAL);
  for (let n = 0; n < photo.length / 2; n++) {
    if (moved.has(n) || n >= 468) continue;
    const dxMouth = Math.max(0, Math.abs(x(n) - (x(left) + x(right)) / 2) - width / 2) / width;
    const below = y(n) > middleY;
    const dyMouth = Math.abs(y(n) - middleY) / width;
    const near = Math.exp(-((dxMouth / 0.35) ** 2)) * Math.exp(-((dyMouth / (below ? 0.7 : 0.4)) ** 2));
    const [dx, dy] = unsmile(x(n));
    const close = below ? -0.35 * widest * ramp(chinY + 0.3 * width, middleY, y(n)) : 0.15 * widest;
    const edge = oval.has(n) ? 0.5 : 1;
    vertices[n * 2] = x(n) + dx * near * edge;
    vertices[n * 2 + 1] = y(n) + (dy + close) * near * edge;
  }
  return { vertices, mouthWidth: width, gap: widest / width };
}

/** Rows of the lips that the mesh uses, from the opening outwards. */
const ROWS = [3, 1, 0];
/** Their least distance, in widths of the mouth. */
const APART = 0.022;

/** Keeps the rows of each lip in their order where they were found on top of each other. */
export function orderLips(vertices: Positions, width: number): void {
  for (let i = 1; i < 10; i++)
    for (let r = 1; r < ROWS.length; r++)
      for (const [lip, side] of [
        [UPPER_LIP, -1],
        [LOWER_LIP, 1],
      ] as const) {
        const inner = lip[ROWS[r - 1]!]![i]! * 2 + 1;
        const outer = lip[ROWS[r]!]![i]! * 2 + 1;
        const short = APART * width - side * (vertices[outer]! - vertices[inner]!);
        if (short > 0) vertices[outer]! += side * short;
      }
}
