/** Brings a rig to the size of a call's picture: everything in it that counts pixels, and where each picture is cut. */
import type { View } from './pictures.ts';
import type { Rect, RigFile } from './rig.ts';

/** Pixels per side of the drawn grid's cells; pictures are multiples of it. */
export const CELL = 16;

export interface Size {
  width: number;
  height: number;
}

/** How a rig's frame lies in a picture: scaled to cover it, with the rig's focus as central as can be. */
export interface Fit {
  scale: number;
  /** Pixel of the rig in the picture's top left corner. */
  x: number;
  y: number;
}

/** About half as wide and high, of the same shape where multiples of `CELL` allow it. */
export function halfSize({ width, height }: Size): Size {
  const half = (length: number) => Math.max(CELL, Math.round(length / 2 / CELL) * CELL);
  let best: Size = { width: half(width), height: half(height) };
  let distance = Number.POSITIVE_INFINITY;
  for (let w = CELL; w <= width * 0.6; w += CELL) {
    const h = (w * height) / width;
    const away = Math.abs(w / width - 0.5);
    if (h % CELL !== 0 || w < width * 0.35 || away >= distance) continue;
    best = { width: w, height: h };
    distance = away;
  }
  return best;
}

export function fitting(rig: Pick<RigFile, 'width' | 'height' | 'focus'>, size: Size): Fit {
  const scale = Math.max(size.width / rig.width, size.height / rig.height);
  const start = (focus: number, length: number, shown: number) =>
    Math.min(length - shown, Math.max(0, focus - shown / 2));
  return {
    scale,
    x: start(rig.focus.x, rig.width, size.width / scale),
    y: start(rig.focus.y, rig.height, size.height / scale),
  };
}

/** The rig file in pixels of the picture. Mesh and face stay as they are: they are decoded with the fit. */
export function fitFile(rig: RigFile, size: Size, fit: Fit): RigFile {
  const { scale } = fit;
  const by = (p: { x: number; y: number }) => ({ x: p.x * scale, y: p.y * scale });
  const upper = placed(rig.upper.rect, size, fit);
  const mouth = placed(rig.mouth.rect, size, fit);
  /** A row or column of a patch's texture, after both have moved. */
  const row = (value: number, from: Rect, to: Rect) => (value + 0.5 + from.y - fit.y) * scale - to.y - 0.5;
  const column = (value: number, from: Rect, to: Rect) => (value + 0.5 + from.x - fit.x) * scale - to.x - 0.5;
  const lips = Object.entries(rig.mouth.lips ?? {}).map(([name, l]) => {
    const corner = (p: { x: number; y: number }) => ({
      x: column(p.x, rig.mouth.rect, mouth),
      y: row(p.y, rig.mouth.rect, mouth),
    });
    const upperLip = row(l.upper, rig.mouth.rect, mouth);
    const lowerLip = row(l.lower, rig.mouth.rect, mouth);
    return [name, { left: corner(l.left), right: corner(l.right), upper: upperLip, lower: lowerLip }];
  });
  const sprite = <T extends Rect>(s: T): T => ({ ...s, ...placed(s, size, fit) });
  const { gaze, blink, interior } = rig;
  const travel = { left: gaze.left, right: gaze.right, up: gaze.up, down: gaze.down };
  const counter = { counterYaw: gaze.counterYaw, counterNod: gaze.counterNod };
  const scaled = Object.fromEntries(Object.entries({ ...travel, ...counter }).map(([name, n]) => [name, n * scale]));
  return {
    ...rig,
    ...size,
    focus: { x: (rig.focus.x - fit.x) * scale, y: (rig.focus.y - fit.y) * scale },
    upper: { ...rig.upper, rect: upper, feather: rig.upper.feather * scale },
    mouth: {
      ...rig.mouth,
      rect: mouth,
      feather: rig.mouth.feather * scale,
      ...(rig.mouth.lips && { lips: Object.fromEntries(lips) }),
    },
    eyes: rig.eyes.map(eye => ({ ...eye, rect: placed(eye.rect, size, fit), sprites: eye.sprites.map(sprite) })),
    ...(interior && {
      interior: {
        ...interior,
        rect: placed(interior.rect, size, fit),
        sprites: interior.sprites.map(s => ({ ...sprite(s), jaw: by(s.jaw) })),
      },
    }),
    gaze: { ...gaze, ...scaled },
    blink: {
      ...blink,
      top: row(blink.top, rig.upper.rect, upper),
      bottom: row(blink.bottom, rig.upper.rect, upper),
    },
    expressions: Object.fromEntries(
      Object.entries(rig.expressions).map(([name, e]) => [name, e.gaze ? { ...e, gaze: by(e.gaze) } : e]),
    ) as RigFile['expressions'],
  };
}

/** A rectangle of the rig in the picture: grown to even pixels, cut off at the border. */
export function placed(rect: Rect, size: Size, { scale, x, y }: Fit): Rect {
  // A hundredth of a pixel is rounding, no reason to grow.
  const low = (value: number) => 2 * Math.floor((value * scale + 0.01) / 2);
  const high = (value: number) => 2 * Math.ceil((value * scale - 0.01) / 2);
  const left = Math.max(0, low(rect.x - x));
  const top = Math.max(0, low(rect.y - y));
  const right = Math.min(size.width, high(rect.x + rect.width - x));
  const bottom = Math.min(size.height, high(rect.y + rect.height - y));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Which part of a picture that fills `from` in the rig is shown at `to` in the call. */
export function viewOf(from: Rect, to: Rect, { scale, x, y }: Fit): View {
  return { x: to.x / scale + x - from.x, y: to.y / scale + y - from.y, width: to.width, height: to.height, scale };
}
