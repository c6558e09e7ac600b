/** Displacements between their vertices: reading a mesh's shape anywhere, and onto a grid. */
import type { Positions } from './geometry.ts';

/** Finds the triangle of a point and its barycentric shares. */
export function locate(
  vertices: Positions,
  triangles: [number, number, number][],
  x: number,
  y: number,
): { triangle: number; shares: [number, number, number] } | undefined {
  let best: { triangle: number; shares: [number, number, number]; least: number } | undefined;
  for (const [t, [a, b, c]] of triangles.entries()) {
    const [ax, ay] = [vertices[a * 2]!, vertices[a * 2 + 1]!];
    const [bx, by] = [vertices[b * 2]! - ax, vertices[b * 2 + 1]! - ay];
    const [cx, cy] = [vertices[c * 2]! - ax, vertices[c * 2 + 1]! - ay];
    const det = bx * cy - cx * by;
    if (Math.abs(det) < 1e-9) continue;
    const u = ((x - ax) * cy - (y - ay) * cx) / det;
    const v = ((y - ay) * bx - (x - ax) * by) / det;
    const least = Math.min(u, v, 1 - u - v);
    if (least >= -1e-9) return { triangle: t, shares: [1 - u - v, u, v] };
    if (!best || least > best.least) best = { triangle: t, shares: [1 - u - v, u, v], least };
  }
  return best;
}

/** A shape at a point: x, y. */
export function shapeAt(
  shape: Positions,
  [a, b, c]: [number, number, number],
  [s, t, u]: [number, number, number],
): [number, number] {
  return [
    shape[a * 2]! * s + shape[b * 2]! * t + shape[c * 2]! * u,
    shape[a * 2 + 1]! * s + shape[b * 2 + 1]! * t + shape[c * 2 + 1]! * u,
  ];
}

/** Calls `field` for every point of a grid over a square frame. */
export function gridField(
  columns: number,
  rows: number,
  frame: number,
  field: (x: number, y: number) => [dx: number, dy: number],
): Positions {
  const out = new Float64Array(columns * rows * 2);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out.set(field((column * frame) / (columns - 1), (row * frame) / (rows - 1)), (row * columns + column) * 2);
  return out;
}

/** Sum of shapes by weight. */
export function combine(parts: [shape: Positions, weight: number][]): Positions {
  const sum = new Float64Array(parts[0]![0].length);
  for (const [shape, weight] of parts) for (let i = 0; i < sum.length; i++) sum[i]! += shape[i]! * weight;
  return sum;
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function ramp(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
