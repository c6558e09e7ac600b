/** Triangle meshes over points (Delaunay). */
import Delaunator from 'delaunator';
import type { Positions } from './geometry.ts';
import { distanceTo, type Polygon } from './paint.ts';

export type Triangle = [number, number, number];

/** Triangles over some of the vertices, wound so that their area is positive. */
export function triangulate(vertices: Positions, chosen: number[]): Triangle[] {
  const { triangles } = Delaunator.from(
    chosen,
    v => vertices[v * 2]!,
    v => vertices[v * 2 + 1]!,
  );
  return Array.from({ length: triangles.length / 3 }, (_, t) => {
    const [a, b, c] = [0, 1, 2].map(n => chosen[triangles[t * 3 + n]!]!) as Triangle;
    const [ax, ay] = [vertices[a * 2]!, vertices[a * 2 + 1]!];
    const turn =
      (vertices[b * 2]! - ax) * (vertices[c * 2 + 1]! - ay) - (vertices[c * 2]! - ax) * (vertices[b * 2 + 1]! - ay);
    return turn > 0 ? [a, b, c] : [a, c, b];
  });
}

/** Clears a hole of vertices that lie inside it or within `margin` pixels of it, and bridges it between its rim only. */
export function clearHole(
  vertices: Positions,
  triangles: Triangle[],
  rim: number[],
  margin: number,
): { kept: Triangle[]; around: Triangle[]; bridge: Triangle[] } {
  const polygon: Polygon = rim.map(v => ({ x: vertices[v * 2]!, y: vertices[v * 2 + 1]! }));
  const onRim = new Set(rim);
  const inside = (v: number) => !onRim.has(v) && distanceTo(polygon, vertices[v * 2]!, vertices[v * 2 + 1]!) > -margin;
  const doomed = new Set(triangles.flat().filter(inside));
  const removed = triangles.filter(t => t.some(v => doomed.has(v)));
  const kept = triangles.filter(t => !t.some(v => doomed.has(v)));
  const vertexSet = new Set([...removed.flat().filter(v => !doomed.has(v)), ...rim]);
  const was = removed.map(t => t.map(v => ({ x: vertices[v * 2]!, y: vertices[v * 2 + 1]! })));
  const fresh = triangulate(vertices, [...vertexSet]).filter(t => {
    const { x, y } = centre(vertices, t);
    return was.some(triangle => distanceTo(triangle, x, y) >= 0);
  });
  const bridges = (t: Triangle) => {
    const { x, y } = centre(vertices, t);
    return t.every(v => onRim.has(v)) && distanceTo(polygon, x, y) > 0;
  };
  return {
    kept: kept.filter(t => !bridges(t)),
    around: fresh.filter(t => !bridges(t)),
    bridge: [...fresh, ...kept].filter(bridges),
  };
}

/** Of a triangle. */
export function centre(vertices: Positions, t: Triangle): { x: number; y: number } {
  const mean = (c: number) => t.reduce((sum, v) => sum + vertices[v * 2 + c]!, 0) / 3;
  return { x: mean(0), y: mean(1) };
}
