/** Triangles, where speed does not matter; kernels/bend.as does the same for pictures of a call. */

/** A triangle of less area (square pixels) has turned over or is a line: it is not drawn. */
const LEAST_AREA = 1e-4;

/** x, y of the three corners. */
export type Corners3 = readonly [x0: number, y0: number, x1: number, y1: number, x2: number, y2: number];

/** Writes `id` to all pixels whose centre lies in the triangle. */
export function mark(ids: Uint16Array, width: number, height: number, c: Corners3, id: number): void {
  const [x0, y0, x1, y1, x2, y2] = c;
  if (area(c) < LEAST_AREA) return;
  // Sorted by y, and by x where that is equal: neighbours walk a shared edge alike, and leave no gap.
  let [ax, ay, bx, by, cx, cy] = [x0, y0, x1, y1, x2, y2];
  if (before(bx, by, ax, ay)) [ax, ay, bx, by] = [bx, by, ax, ay];
  if (before(cx, cy, bx, by)) [bx, by, cx, cy] = [cx, cy, bx, by];
  if (before(bx, by, ax, ay)) [ax, ay, bx, by] = [bx, by, ax, ay];
  const long = (cx - ax) / (cy - ay);
  const upper = (bx - ax) / (by - ay);
  const lower = (cx - bx) / (cy - by);
  const top = Math.max(0, Math.ceil(ay - 0.5));
  const bottom = Math.min(height, Math.ceil(cy - 0.5));
  for (let y = top; y < bottom; y++) {
    const yc = y + 0.5;
    const p = ax + (yc - ay) * long;
    const q = yc < by ? ax + (yc - ay) * upper : bx + (yc - by) * lower;
    const left = Math.max(0, Math.ceil((p < q ? p : q) - 0.5));
    const right = Math.min(width, Math.ceil((p < q ? q : p) - 0.5));
    // Runs are short: a loop is faster than `fill`.
    const end = y * width + right;
    for (let i = y * width + left; i < end; i++) ids[i] = id;
  }
}

/** Twice the area, negative when it has turned over. */
export function area([x0, y0, x1, y1, x2, y2]: Corners3): number {
  return (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
}

/** Writes u = m0 x + m1 y + m2, v = m3 x + m4 y + m5 for the map from drawn to texture pixels at `m[at]`. */
export function mapping(m: Float64Array, at: number, drawn: Corners3, texture: Corners3): void {
  const [x0, y0, x1, y1, x2, y2] = drawn;
  const [u0, v0, u1, v1, u2, v2] = texture;
  const twice = area(drawn);
  if (twice < LEAST_AREA) return;
  m[at] = ((u1 - u0) * (y2 - y0) - (u2 - u0) * (y1 - y0)) / twice;
  m[at + 1] = ((u2 - u0) * (x1 - x0) - (u1 - u0) * (x2 - x0)) / twice;
  m[at + 2] = u0 - m[at]! * x0 - m[at + 1]! * y0;
  m[at + 3] = ((v1 - v0) * (y2 - y0) - (v2 - v0) * (y1 - y0)) / twice;
  m[at + 4] = ((v2 - v0) * (x1 - x0) - (v1 - v0) * (x2 - x0)) / twice;
  m[at + 5] = v0 - m[at + 3]! * x0 - m[at + 4]! * y0;
}

function before(x: number, y: number, otherX: number, otherY: number): boolean {
  return y < otherY || (y === otherY && x < otherX);
}
