/** How a photographed head turns: its points in depth, turned and seen again, and the hair and neck along with them. */
import { gridField, ramp } from './fields.ts';
import type { Positions } from './geometry.ts';

export interface HeadSource {
  /** Pixels of the square frame; z towards the viewer is negative. */
  points: { x: number; y: number; z: number }[];
  frame: number;
}

const COLUMNS = 33;
const DEGREES = Math.PI / 180;
const YAW = 8 * DEGREES;
const NOD = 6 * DEGREES;
const TILT = 4 * DEGREES;
/** The head, with its hair, in halves of the face's width and height; beyond twice that nothing moves. */
const HEAD = { across: 1.5, up: 1.75, down: 1.15 };
/** Pixels that shoulders rise by, in faces' heights. */
const BREATH = 0.012;

/** Displacements at full weight for `Figure.grid`. */
export function headShapes({ points, frame }: HeadSource): {
  columns: number;
  rows: number;
  shapes: Map<string, Positions>;
} {
  const xs = points.map(p => p.x);
  const ys = points.map(p => p.y);
  const zs = points.map(p => p.z);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  const [half, tall] = [(right - left) / 2, (bottom - top) / 2];
  // It turns about an axis through the neck, behind the ears.
  const axis = Math.max(...zs) + 0.25 * half;
  const neck = bottom + 0.2 * tall;
  const depthAt = depths(points, half);
  const belongs = (x: number, y: number) => {
    const far = Math.hypot((x - cx) / (half * HEAD.across), (y - cy) / (tall * (y < cy ? HEAD.up : HEAD.down)));
    return 1 - ramp(0.85, 1.9, far);
  };
  const moving = (move: (x: number, y: number, depth: number) => [number, number]) =>
    gridField(COLUMNS, COLUMNS, frame, (x, y) => {
      const share = belongs(x, y);
      if (share === 0) return [0, 0];
      const [dx, dy] = move(x, y, axis - depthAt(x, y));
      return [dx * share, dy * share];
    });
  const yaw = (angle: number) =>
    moving((x, _, depth) => [(x - cx) * (Math.cos(angle) - 1) + depth * Math.sin(angle), 0]);
  const nod = (angle: number) =>
    moving((_, y, depth) => [0, (y - neck) * (Math.cos(angle) - 1) + depth * Math.sin(angle)]);
  const tilt = (angle: number) =>
    moving((x, y) => [
      (x - cx) * (Math.cos(angle) - 1) - (y - neck) * Math.sin(angle),
      (x - cx) * Math.sin(angle) + (y - neck) * (Math.cos(angle) - 1),
    ]);
  const breathe = gridField(COLUMNS, COLUMNS, frame, (x, y) => {
    const body = 1 - ramp(1.4, 2.6, Math.abs(x - cx) / half);
    return [0, -BREATH * 2 * tall * body * (0.35 * belongs(x, y) + 0.65 * ramp(bottom, bottom + tall, y))];
  });
  return {
    columns: COLUMNS,
    rows: COLUMNS,
    shapes: new Map([
      ['yaw_left', yaw(-YAW)],
      ['yaw_right', yaw(YAW)],
      ['nod_up', nod(-NOD)],
      ['nod_down', nod(NOD)],
      ['tilt_left', tilt(-TILT)],
      ['tilt_right', tilt(TILT)],
      ['breathe', breathe],
    ]),
  };
}

/** Depth near the face from its points, smoothly; far from it, that of its rim. */
function depths(points: HeadSource['points'], half: number): (x: number, y: number) => number {
  const reach = (half * 0.22) ** 2;
  return (x, y) => {
    let sum = 0;
    let weights = 0;
    for (const p of points) {
      const weight = 1 / (1 + ((p.x - x) ** 2 + (p.y - y) ** 2) / reach) ** 2;
      sum += p.z * weight;
      weights += weight;
    }
    return sum / weights;
  };
}
