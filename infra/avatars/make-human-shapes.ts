/**
 * Reads how a human face moves off a rig that was rendered from 3D, at the 468 points that are found in any
 * portrait:
 *   node infra/avatars/make-human-shapes.ts <source folder> [<file>]
 * The source (THIRD_PARTY.md) is not in the tree: its mesh, morph targets, landmarks and crops (rendered-head.ts).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { base64 } from '../../agents/face/shapes.ts';
import { LOWER_LIP, POINTS, UPPER_LIP } from '../../studio/figure/face-points.ts';
import { locate, shapeAt } from '../../studio/figure/fields.ts';
import { SHAPE_UNIT } from '../../studio/figure/human-shapes.ts';
import { findFaces } from '../../studio/portrait/detect.ts';
import { readSource } from './rendered-head.ts';

const [from, to = 'studio/figure/human-shapes.json'] = process.argv.slice(2);
if (!from) throw new Error('usage: make-human-shapes.ts <source folder> [<file>]');
const { vertices, triangles, interior, shapes, landmark, at, frame } = await readSource(from);

const image = await loadImage(join(from, 'preview.png'));
const context = createCanvas(frame, frame).getContext('2d');
context.drawImage(image, 0, 0);
const [face] = await findFaces({ width: frame, height: frame, data: context.getImageData(0, 0, frame, frame).data });
if (!face) throw new Error('no face is found in preview.png');

const upperLip = new Set(landmark('lipUpperInner'));
const lowerLip = new Set(landmark('lipLowerInner'));
const skin = triangles.filter((_, t) => !interior.has(t));
// Lips touch in the neutral face: what belongs to one is not looked up in the other.
const without = (lip: Set<number>) => skin.filter(t => !t.some(v => lip.has(v)));
const tables = { all: skin, upper: without(lowerLip), lower: without(upperLip) };
const ofUpper = new Set<number>(UPPER_LIP.flatMap(row => row.slice(1, -1)));
const ofLower = new Set<number>(LOWER_LIP.flatMap(row => row.slice(1, -1)));
const points = face.points.slice(0, POINTS);
const eyeDistance = Math.hypot(face.irises.right.x - face.irises.left.x, face.irises.right.y - face.irises.left.y);
const mouthY = (points[13]!.y + points[14]!.y) / 2;
/** Where the lips touch in the source, over or under which a point of one of them is looked up. */
const line = landmark('lipUpperInner').map(at);
const contact = (x: number) => line.reduce((best, p) => (Math.abs(p.x - x) < Math.abs(best.x - x) ? p : best)).y;
const CLEAR = 3;
const found = points.map(({ x, y: seen }, n) => {
  const y = ofUpper.has(n)
    ? Math.min(seen, contact(x) - CLEAR)
    : ofLower.has(n)
      ? Math.max(seen, contact(x) + CLEAR)
      : seen;
  const table = tables[ofUpper.has(n) ? 'upper' : ofLower.has(n) || y > mouthY + 4 ? 'lower' : 'all'];
  const { triangle, shares } = locate(vertices, table, x, y)!;
  const inside = shares.map(share => Math.max(0, share)) as typeof shares;
  const sum = inside.reduce((a, b) => a + b, 0);
  return { triangle: table[triangle]!, shares: inside.map(share => share / sum) as typeof shares };
});
const encoded = Object.fromEntries(
  [...shapes].map(([name, by]) => [
    name,
    base64(
      Int16Array.from(
        found.flatMap(({ triangle, shares }) => shapeAt(by, triangle, shares)),
        value => Math.round(value / eyeDistance / SHAPE_UNIT),
      ),
    ),
  ]),
);
const mouthWidth = (points[308]!.x - points[78]!.x) / eyeDistance;

await writeFile(to, `${JSON.stringify({ licence: 'CC0-1.0', mouthWidth, shapes: encoded })}\n`);
