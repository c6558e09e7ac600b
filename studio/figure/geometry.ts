import type { Rect } from '../../agents/face/rig.ts';

/** x, y per vertex or per grid point, pixels of the frame. */
export type Positions = Float64Array;

/** A rectangle on even pixels around a box, inside a frame. */
export function evenRect(box: { left: number; top: number; right: number; bottom: number }, frame: number): Rect {
  const low = (value: number) => Math.max(0, 4 * Math.floor(value / 4));
  const high = (value: number) => Math.min(frame, 4 * Math.ceil(value / 4));
  const [x, y] = [low(box.left), low(box.top)];
  return { x, y, width: high(box.right) - x, height: high(box.bottom) - y };
}
