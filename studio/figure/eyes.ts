/** Eyes of a figure: holes in the skin, and eyeballs with a movable iris that are seen through them. */
import { crop, type Picture } from '../../agents/face/pictures.ts';
import type { Rect } from '../../agents/face/rig.ts';
import { evenRect } from './geometry.ts';
import { cutOut, distanceTo, fillUnknown, type Polygon } from './paint.ts';

export interface EyeParts {
  rect: Rect;
  /** The white, as large as `rect`. */
  ball: Picture;
  iris: Picture;
  irisAt: { x: number; y: number };
  /** Of the iris, pixels. */
  radius: number;
}

export interface EyeSource {
  /** Along the lids' edges. */
  outline: Polygon;
  iris: { x: number; y: number; radius: number };
}

/** The rim of the iris is blurred over this share of its radius. */
const RIM = 0.12;
/** Room around the opening, for eyes that open wider, in widths of it. */
const ROOM = 0.22;

/** Makes the skin transparent inside the outlines. */
export function openEyes(skin: Picture, eyes: EyeSource[]): Picture {
  return eyes.reduce((picture, eye) => cutOut(picture, eye.outline), skin);
}

/** Takes an eye apart: what is behind the iris and the lids is made up from what is seen of the white. */
export function eyeParts(picture: Picture, eye: EyeSource): EyeParts {
  const xs = eye.outline.map(p => p.x);
  const ys = eye.outline.map(p => p.y);
  const room = (Math.max(...xs) - Math.min(...xs)) * ROOM;
  const rect = evenRect(
    {
      left: Math.min(...xs) - room,
      top: Math.min(...ys) - room,
      right: Math.max(...xs) + room,
      bottom: Math.max(...ys) + room,
    },
    picture.width,
  );
  const { x: cx, y: cy, radius } = eye.iris;
  const around = crop(picture, rect);
  const seen = (x: number, y: number) => distanceTo(eye.outline, x + rect.x + 0.5, y + rect.y + 0.5);
  const fromIris = (x: number, y: number) => Math.hypot(x + rect.x + 0.5 - cx, y + rect.y + 0.5 - cy);
  const ball = fillUnknown(around, (x, y) => seen(x, y) > 1.5 && fromIris(x, y) > radius * 1.12);
  shade(ball, rect, eye);
  return { rect, ball, ...irisSprite(picture, eye), radius };
}

/** A ball is darker towards its rim, and under the upper lid. */
function shade(ball: Picture, rect: Rect, { iris }: EyeSource): void {
  const { width, height, data } = ball;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = (x + rect.x - iris.x) / (iris.radius * 2.6);
      const dy = (y + rect.y - iris.y) / (iris.radius * 1.9);
      const rim = Math.min(1, dx * dx + dy * dy);
      const lid = Math.min(1, Math.max(0, -dy));
      const light = 1 - 0.1 * rim - 0.28 * lid;
      const at = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) data[at + c]! *= light;
      data[at + 3] = 255;
    }
  }
}

/** The whole disc: what the lids hide is mirrored from below, or taken from the same distance elsewhere. */
function irisSprite(picture: Picture, eye: EyeSource): { iris: Picture; irisAt: { x: number; y: number } } {
  const { x: cx, y: cy, radius } = eye.iris;
  const reach = radius * (1 + RIM) + 2;
  const rect = evenRect({ left: cx - reach, top: cy - reach, right: cx + reach, bottom: cy + reach }, picture.width);
  const iris = crop(picture, rect);
  const { width, height, data } = iris;
  const source = crop(picture, rect).data;
  const visible = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && distanceTo(eye.outline, x + rect.x + 0.5, y + rect.y + 0.5) > 2.5;
  const rings = ringColours(source, width, height, visible, cx - rect.x, cy - rect.y);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const dx = x + 0.5 - (cx - rect.x);
      const dy = y + 0.5 - (cy - rect.y);
      const far = Math.hypot(dx, dy);
      if (!visible(x, y)) {
        const mirror = Math.round(cy - rect.y - dy - 0.5);
        const ring = rings[Math.min(rings.length - 1, Math.floor(far))]!;
        const from = visible(x, mirror)
          ? source.subarray((mirror * width + x) * 4, (mirror * width + x) * 4 + 3)
          : ring;
        // Under the lid lies its shadow.
        for (let c = 0; c < 3; c++) data[at + c] = from[c]! * 0.82;
      }
      const alpha = Math.min(1, Math.max(0, (radius * (1 + RIM / 2) - far) / (radius * RIM)));
      for (let c = 0; c < 3; c++) data[at + c]! *= alpha;
      data[at + 3] = 255 * alpha;
    }
  }
  return { iris, irisAt: { x: rect.x, y: rect.y } };
}

/** Mean colour of what is visible at each distance from the middle. */
function ringColours(
  data: Float32Array,
  width: number,
  height: number,
  visible: (x: number, y: number) => boolean,
  cx: number,
  cy: number,
): number[][] {
  const sums = Array.from({ length: Math.ceil(Math.hypot(width, height)) }, () => [0, 0, 0, 0]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!visible(x, y)) continue;
      const ring = sums[Math.floor(Math.hypot(x + 0.5 - cx, y + 0.5 - cy))]!;
      for (let c = 0; c < 3; c++) ring[c]! += data[(y * width + x) * 4 + c]!;
      ring[3]! += 1;
    }
  let last = [40, 30, 25];
  return sums.map(([r, g, b, n]) => {
    if (n! > 0) last = [r! / n!, g! / n!, b! / n!];
    return last;
  });
}
