/** Makes a rig of a photographed face. */
import { fromRgba } from '../../agents/face/pictures.ts';
import { type EyeSource, eyeParts, openEyes } from '../figure/eyes.ts';
import {
  CHIN,
  EYES,
  HAIRLINE,
  innerLower,
  innerUpper,
  LOWER_LIP,
  NOSE_BASE,
  OVAL,
  POINTS,
  UPPER_LIP,
} from '../figure/face-points.ts';
import { combine } from '../figure/fields.ts';
import { evenRect, type Positions } from '../figure/geometry.ts';
import { headShapes } from '../figure/head.ts';
import { shutLids } from '../figure/lids.ts';
import type { Figure } from '../figure/model.ts';
import { mouthInterior } from '../figure/mouth-interior.ts';
import { neutralFace, orderLips } from '../figure/neutral.ts';
import { bendPicture, cleanRim, cutOut, distanceTo, type Polygon } from '../figure/paint.ts';
import { portraitShapes } from '../figure/portrait-shapes.ts';
import { centre, triangulate } from '../figure/triangulate.ts';
import { writeRig } from '../figure/write-rig.ts';
import type { Face, Picture } from './detect.ts';

export interface PortraitToRig {
  /** Square, the face in its middle, eyes level. */
  picture: Picture;
  /** In pixels of that square. */
  face: Face;
  /** An empty folder that exists. */
  folder: string;
  name: string;
}

/** Around the face's rim: the inner ring moves a little with it, the outer one never. */
const RINGS = [1.16, 1.45];
/** The lips are parted this far, in widths of the mouth, where they are cut apart. */
const PARTED = 0.2;
const ROWS = [0.75, 0.83, 0.92, 1];
/** So much further apart is the mouth whose points are joined to triangles: none may bridge it but through its lips. */
const WIDE_OPEN = 0.3;
/** What is found as the edge of the lips may show teeth: the cut is moved into the lips by this, in widths. */
const INTO_LIPS = 0.018;
/** In widths of the mouth: along the lips' edges this far teeth and shadows of the photograph are painted over. */
const RIM = 0.035;
/** Rows of lashes above the upper lids' edges, in widths of the eye: they move with the edge, and are not stretched. */
const LASHES = 0.1;
/** A gap this wide shows teeth worth keeping. */
const SMILE_GAP = 0.06;
/** A photograph bears less turning than a head that was made in three dimensions. */
const LIVELINESS = 0.62;

/** Writes a rig folder: `rig.json` and its pictures, encoded afresh. */
export async function rigPortrait({ picture, face, folder, name }: PortraitToRig): Promise<void> {
  const frame = picture.width;
  const photo = fromRgba(frame, picture.height, picture.data);
  const { positions, rings, lashes } = withMorePoints(face);
  orderLips(positions, positions[innerUpper[10] * 2]! - positions[innerUpper[0] * 2]!);
  const neutral = neutralFace(positions);
  const eyeDistance = Math.hypot(face.irises.right.x - face.irises.left.x, face.irises.right.y - face.irises.left.y);
  const shapes = portraitShapes({
    vertices: neutral.vertices,
    ring: rings[0]!,
    lashes,
    eyeDistance,
    mouthWidth: neutral.mouthWidth,
  });
  shapes.set(
    'photo',
    combine([
      [positions, 1],
      [neutral.vertices, -1],
    ]),
  );
  shapes.set('parted', partedLips(positions, neutral.mouthWidth));
  const opened = combine([
    [positions, 1],
    [shapes.get('parted')!, 1],
  ]);
  const { triangles, openings } = meshOf(wideOpen(neutral.vertices, neutral.mouthWidth));
  const mouthPolygon = polygonOf(opened, [...innerUpper, ...innerLower.toReversed()]);
  const eyes: EyeSource[] = EYES.map((eye, i) => ({
    outline: polygonOf(positions, [...eye.upper, ...eye.lower.toReversed()]),
    iris: i === 0 ? face.irises.left : face.irises.right,
  }));
  const skin = cutOut(
    cleanRim(openEyes(bendPicture(photo, triangles, positions, opened), eyes), mouthPolygon, RIM * neutral.mouthWidth),
    mouthPolygon,
    { shadow: 0.024 * neutral.mouthWidth },
  );
  const shut = shutLids(
    skin,
    EYES.map(({ upper }, i) => ({ outline: eyes[i]!.outline, upper: polygonOf(positions, upper) })),
  );
  const balls = eyes.map(eye => eyeParts(photo, eye));
  const taken = { photo: 1, parted: 1 };
  const at = (n: number) => ({ x: neutral.vertices[n * 2]!, y: neutral.vertices[n * 2 + 1]! });
  const [contact, jaw] = [at(innerUpper[5]), shapes.get('jaw')!];
  const figure: Figure = {
    name,
    licence: 'of the portrait’s owner',
    background: photo,
    body: photo,
    mesh: { vertices: neutral.vertices, triangles, openings, shapes },
    ...rectsOf(positions, frame, balls),
    upper: { open: { picture: skin, taken }, closed: { picture: shut, taken } },
    mouth: { base: { picture: skin, taken } },
    eyes: balls,
    interior: mouthInterior({
      ...contact,
      width: neutral.mouthWidth,
      jawDrop: jaw[innerLower[5] * 2 + 1]!,
      photo,
      opening: polygonOf(positions, [...innerUpper, ...innerLower.toReversed()]),
      frame,
    }),
    grid: headShapes({ points: face.points.slice(0, POINTS), frame }),
    liveliness: LIVELINESS,
    tones: { smile: 0.55, sad: 0.8 },
    ...(neutral.gap > SMILE_GAP && { manner: { joy: { photo: 1 } } }),
  };
  await writeRig(figure, folder);
}

/** The face's points, two rings around its rim, and lashes. */
function withMorePoints(face: Face): { positions: Positions; rings: number[][]; lashes: Map<number, number> } {
  const all = face.points.slice(0, POINTS).map(({ x, y }) => ({ x, y }));
  intoLips(all);
  const middle = { x: face.box.x + face.box.width / 2, y: face.box.y + face.box.height / 2 };
  const rings = RINGS.map(scale =>
    OVAL.map(n => {
      const p = all[n]!;
      all.push({ x: middle.x + (p.x - middle.x) * scale, y: middle.y + (p.y - middle.y) * scale });
      return all.length - 1;
    }),
  );
  const lashes = new Map<number, number>();
  for (const { upper } of EYES) {
    const width = all[upper.at(-1)!]!.x - all[upper[0]]!.x;
    for (const n of upper.slice(1, -1)) {
      all.push({ x: all[n]!.x, y: all[n]!.y - LASHES * width });
      lashes.set(all.length - 1, n);
    }
  }
  return { positions: Float64Array.from(all.flatMap(({ x, y }) => [x, y])), rings, lashes };
}

/** Moves the edges of parted lips a little into them. */
function intoLips(points: { x: number; y: number }[]): void {
  const width = points[innerUpper[10]]!.x - points[innerUpper[0]]!.x;
  const gap = points[innerLower[5]]!.y - points[innerUpper[5]]!.y;
  if (gap < SMILE_GAP * width) return;
  for (const [i, u] of innerUpper.entries()) {
    const bow = 1 - ((i - 5) / 5) ** 2;
    points[u]!.y -= INTO_LIPS * width * bow;
    points[innerLower[i]!]!.y += INTO_LIPS * width * bow;
  }
}

/** All that is below the lips' line is moved down. */
function wideOpen(neutral: Positions, width: number): Positions {
  const out = neutral.slice();
  const x = (n: number) => neutral[n * 2]!;
  const y = (n: number) => neutral[n * 2 + 1]!;
  const [left, right] = [innerUpper[0], innerUpper[10]];
  const upper = new Set<number>(UPPER_LIP.flat());
  const lower = new Set<number>(LOWER_LIP.flatMap(row => row.slice(1, -1)));
  for (let n = 0; n < neutral.length / 2; n++) {
    const side = (2 * x(n) - x(left) - x(right)) / (x(right) - x(left));
    const line = innerUpper.reduce((best, u) => (Math.abs(x(u) - x(n)) < Math.abs(x(best) - x(n)) ? u : best));
    if (Math.abs(side) >= 1 || upper.has(n) || !(lower.has(n) || y(n) > y(line) + 1)) continue;
    out[n * 2 + 1] = y(n) + WIDE_OPEN * width * Math.sqrt(1 - side * side);
  }
  return out;
}

/** Moves the lower lip down, and the upper one up, until there is room to cut between them, the corners included. */
function partedLips(positions: Positions, width: number): Positions {
  const by = new Float64Array(positions.length);
  for (const [i, u] of innerUpper.entries()) {
    // Pointed at the corners: what is cut there is folded away when the lips meet.
    const room = PARTED * width * (1 - ((i - 5) / 5) ** 2);
    const more = Math.max(0, room - (positions[innerLower[i]! * 2 + 1]! - positions[u * 2 + 1]!));
    // Outer rows move less: the skin around stays.
    for (const [row, share] of ROWS.entries()) {
      by[UPPER_LIP[row]![i]! * 2 + 1] = -0.35 * share * more;
      by[LOWER_LIP[row]![i]! * 2 + 1] = 0.65 * share * more;
    }
  }
  return by;
}

/** Triangles over an open-mouthed face, those of its openings first. */
function meshOf(opened: Positions): { triangles: [number, number, number][]; openings: Record<string, number[]> } {
  // The rows next to the lips' edges lie so close to them that they would be crossed when those are moved.
  const left = new Set<number>([...UPPER_LIP[2].slice(1, -1), ...LOWER_LIP[2].slice(1, -1)]);
  // Next to the corners the rows lie beside each other in a smile, and one below the other at rest: slivers of shadow
  // would become wedges.
  for (const row of [...UPPER_LIP.slice(0, 2), ...LOWER_LIP.slice(0, 2)]) for (const i of [1, 9]) left.add(row[i]!);
  const all = triangulate(
    opened,
    Array.from({ length: opened.length / 2 }, (_, n) => n).filter(n => !left.has(n)),
  );
  const rims: [string, number[]][] = [
    ['mouth', [...innerUpper, ...innerLower.toReversed()]],
    ...EYES.map(({ upper, lower }, i): [string, number[]] => [
      i ? 'rightEye' : 'leftEye',
      [...upper, ...lower.toReversed()],
    ]),
  ];
  const groups = rims.map(([name, rim]) => {
    const members = new Set(rim);
    const polygon = polygonOf(opened, rim);
    const inside = all.filter(t => {
      if (!t.every(n => members.has(n))) return false;
      const { x, y } = centre(opened, t);
      return distanceTo(polygon, x, y) > 0;
    });
    return { name, inside };
  });
  const first = new Set(groups.flatMap(({ inside }) => inside));
  let counted = 0;
  return {
    triangles: [...first, ...all.filter(t => !first.has(t))],
    openings: Object.fromEntries(groups.map(({ name, inside }) => [name, inside.map(() => counted++)])),
  };
}

function polygonOf(positions: Positions, rim: readonly number[]): Polygon {
  return rim.map(n => ({ x: positions[n * 2]!, y: positions[n * 2 + 1]! }));
}

/** The upper face and the mouth with the jaw; the eyes belong to the upper one alone. */
function rectsOf(positions: Positions, frame: number, eyes: { rect: { y: number; height: number } }[]) {
  const x = (n: number) => positions[n * 2]!;
  const y = (n: number) => positions[n * 2 + 1]!;
  const xs = OVAL.map(x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const wide = right - left;
  const tall = y(CHIN) - y(HAIRLINE);
  const underEyes = Math.max(...eyes.map(({ rect }) => rect.y + rect.height));
  const box = { left: left - 0.06 * wide, right: right + 0.06 * wide };
  return {
    upperRect: evenRect({ ...box, top: y(HAIRLINE) - 0.1 * tall, bottom: y(NOSE_BASE) + 0.08 * tall }, frame),
    mouthRect: evenRect({ ...box, top: underEyes + 2, bottom: y(CHIN) + 0.16 * tall }, frame),
  };
}
