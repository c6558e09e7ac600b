/** The shapes of a portrait: human movements brought to its proportions, lids and lips that meet in this very face. */

import type { Viseme } from '../../protocol/timeline.ts';
import { EYES, innerLower, innerUpper, LOWER_LIP, OVAL, POINTS, UPPER_LIP } from './face-points.ts';
import { combine } from './fields.ts';
import type { Positions } from './geometry.ts';
import { humanShapes } from './human-shapes.ts';
import { RINGS, roundedLips } from './rounded-lips.ts';

/** With these the lips stay shut. */
const SEALED = ['lips_PP', 'mouthSmile', 'mouthFrown', 'mouthPress', 'sad_mouth', 'angry_mouth'];
/** A photograph has no wrinkles that tell a feeling: brows and corners of the mouth have to say more. */
const FELT = 1.25;
/** Lips that come forward do not do so in two dimensions: less looks like more. */
const ROUNDED = 0.72;
/** A lid closes this far down; the lower one comes up for the rest. */
const UPPER_LID = 0.94;
/** So that nothing shines through between the corners of two chains, in widths of the eye. */
const OVERLAP = 0.035;

export interface PortraitPoints {
  /** The neutral face: its points, then a ring that moves a little with the face's rim, then a ring that is still. */
  vertices: Positions;
  /** Vertices of the inner ring, in the order of `OVAL`. */
  ring: number[];
  /** Vertex of a lash -> the point of the lid's edge that it stands on. */
  lashes: Map<number, number>;
  /** Pixels. */
  eyeDistance: number;
  mouthWidth: number;
}

/** How much of the face's rim the ring around it moves with. */
const RING = 0.4;

export function portraitShapes(points: PortraitPoints): Map<string, Positions> {
  const { vertices, ring, lashes, eyeDistance, mouthWidth } = points;
  const human = humanShapes();
  const wider = mouthWidth / eyeDistance / human.mouthWidth;
  const shapes = new Map<string, Positions>();
  const around = (by: Positions) => {
    for (const [i, n] of OVAL.entries()) for (const c of [0, 1]) by[ring[i]! * 2 + c] = by[n * 2 + c]! * RING;
    grow(by, lashes);
  };
  for (const [name, source] of human.shapes) {
    const by = new Float64Array(vertices.length);
    // Mouths differ in width more than faces do.
    const across = /lips_|mouth|jaw/.test(name) ? wider : 1;
    const much = /_upper$|sad_mouth|mouthFrown/.test(name) ? FELT : name === 'lips_CH' ? ROUNDED : 1;
    for (let n = 0; n < POINTS; n++) {
      by[n * 2] = source[n * 2]! * eyeDistance * across * much;
      by[n * 2 + 1] = source[n * 2 + 1]! * eyeDistance * much;
    }
    smoothCorners(by);
    if (/^(lips_|jaw)/.test(name)) bow(by, vertices);
    if (SEALED.includes(name)) seal(by);
    joinCorners(by);
    around(by);
    shapes.set(name, by);
  }
  for (const viseme of Object.keys(RINGS) as Viseme[]) {
    const by = roundedLips(viseme, vertices, shapes.get('jaw')!, mouthWidth);
    around(by);
    shapes.set(`lips_${viseme}`, by);
  }
  const closed = closedEyes(vertices, eyeDistance);
  grow(closed, lashes);
  shapes.set('eyesClosed', closed);
  shapes.set('lidsDown', combine([[closed, 0.42]]));
  shapes.set('lidsUp', combine([[closed, -0.16]]));
  shapes.set('eyeWide', combine([[closed, -0.22]]));
  return shapes;
}

/** Lashes move with the lid's edge. */
function grow(by: Positions, lashes: PortraitPoints['lashes']): void {
  for (const [lash, root] of lashes) for (const c of [0, 1]) by[lash * 2 + c] = by[root * 2 + c]!;
}

/** Next to the corners both lips were found in one place: there they move like their neighbours. */
function smoothCorners(by: Positions): void {
  for (const row of [...UPPER_LIP, ...LOWER_LIP])
    for (const [corner, n, next] of [
      [row[0], row[1], row[2]],
      [row[10], row[9], row[8]],
    ] as const)
      for (const c of [0, 1]) by[n * 2 + c] = 0.38 * by[corner * 2 + c]! + 0.62 * by[next * 2 + c]!;
}

/** A lower lip that is drawn down hangs in a bow from its corners, whatever the face was like that it was read off. */
function bow(by: Positions, vertices: Positions): void {
  for (const row of LOWER_LIP) {
    const [left, right] = [row[0], row[10]].map(n => vertices[n * 2]!) as [number, number];
    const [corner, middle] = [(by[row[0] * 2 + 1]! + by[row[10] * 2 + 1]!) / 2, by[row[5] * 2 + 1]!];
    if (middle <= corner) continue;
    for (const n of row.slice(1, -1)) {
      const side = (2 * vertices[n * 2]! - left - right) / (right - left);
      by[n * 2 + 1] = corner + (middle - corner) * Math.sqrt(Math.max(0, 1 - side * side));
    }
  }
}

/** Both lips' edges move alike, each by the mean of the two. */
function seal(by: Positions): void {
  for (const [i, u] of innerUpper.entries()) {
    const l = innerLower[i]!;
    for (const c of [0, 1]) {
      const mean = (by[u * 2 + c]! + by[l * 2 + c]!) / 2;
      by[u * 2 + c] = mean;
      by[l * 2 + c] = mean;
    }
  }
}

/** The rows of a lip meet in its corners: there they move alike. */
function joinCorners(by: Positions): void {
  for (const end of [0, 10]) {
    const corner = UPPER_LIP[3][end]!;
    for (const row of [...UPPER_LIP.slice(2, 3), ...LOWER_LIP.slice(2)])
      for (const c of [0, 1]) by[row[end]! * 2 + c] = by[corner * 2 + c]!;
  }
}

/** Lids that meet on a line just above the lower lid; the skin above the upper one is drawn down with it. */
function closedEyes(vertices: Positions, eyeDistance: number): Positions {
  const by = new Float64Array(vertices.length);
  const x = (n: number) => vertices[n * 2]!;
  const y = (n: number) => vertices[n * 2 + 1]!;
  const edges = new Set<number>(EYES.flatMap(eye => [...eye.upper, ...eye.lower]));
  for (const { upper, lower } of EYES) {
    const yOn = (chain: readonly number[], px: number) => {
      const next = chain.findIndex((n, i) => i > 0 && x(n) >= px);
      const i = next < 0 ? chain.length - 1 : next;
      const [a, b] = [chain[i - 1]!, chain[i]!];
      const t = Math.min(1, Math.max(0, (px - x(a)) / Math.max(1e-6, x(b) - x(a))));
      return y(a) + (y(b) - y(a)) * t;
    };
    const line = (px: number) => yOn(upper, px) + (yOn(lower, px) - yOn(upper, px)) * UPPER_LID;
    const [left, right] = [x(upper[0]!), x(upper.at(-1)!)];
    const width = right - left;
    for (const n of lower.slice(1, -1)) by[n * 2 + 1] = line(x(n)) - y(n);
    for (const n of upper.slice(1, -1)) by[n * 2 + 1] = line(x(n)) + OVERLAP * width - y(n);
    for (let n = 0; n < POINTS; n++) {
      if (edges.has(n) || x(n) < left - width * 0.2 || x(n) > right + width * 0.2) continue;
      const px = Math.min(right - 1, Math.max(left + 1, x(n)));
      const above = yOn(upper, px) - y(n);
      if (above < 0 || above > eyeDistance * 0.4) continue;
      const fall = line(px) - yOn(upper, px);
      by[n * 2 + 1] = fall * 0.85 * Math.exp(-((above / (width * 0.24)) ** 2));
    }
  }
  return by;
}
