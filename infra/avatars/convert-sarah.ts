/**
 * Makes a rig folder from a rendered human head with crops and 3D displacements:
 *   node infra/avatars/convert-sarah.ts <source folder> [<rig folder>]
 * The source names left and right as the figure's own; the rig as the viewer's.
 */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Picture, readPicture } from '../../agents/face/pictures.ts';
import type { Weights } from '../../agents/face/pose.ts';
import type { Viseme } from '../../protocol/timeline.ts';
import { type EyeSource, eyeParts, openEyes } from '../../studio/figure/eyes.ts';
import { combine, gridField, locate, ramp, shapeAt } from '../../studio/figure/fields.ts';
import { evenRect, type Positions } from '../../studio/figure/geometry.ts';
import { JAW } from '../../studio/figure/jaw.ts';
import type { Figure, Texture } from '../../studio/figure/model.ts';
import { bendPicture } from '../../studio/figure/paint.ts';
import { writeRig } from '../../studio/figure/write-rig.ts';
import { type Box, FEELINGS, readSource } from './rendered-head.ts';

/** The shape that a tone adds. */
const TONES = { smile: 'mouthSmile', sad: 'mouthFrown' } as const;
/** Pixels over which a crop fades into the base. */
const FEATHER = 18;
const COLUMNS = 33;

const [from, to = 'avatars/sarah'] = process.argv.slice(2);
if (!from) throw new Error('usage: convert-sarah.ts <source folder> [<rig folder>]');
const { frame, rects, vertices, triangles, openings, shapes, shape, landmark, at } = await readSource(from);
const base = await readPicture(join(from, 'base.png'));

/** The base with a crop pasted into it. */
async function pasted(file: string, [x0, y0, x1, y1]: Box): Promise<Picture> {
  const crop = await readPicture(join(from!, file));
  const data = base.data.slice();
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const edge = Math.min(x - x0, x1 - 1 - x, y - y0, y1 - 1 - y) + 0.5;
      const share = ramp(0, FEATHER, edge);
      const o = (y * frame + x) * 4;
      const i = ((y - y0) * (x1 - x0) + (x - x0)) * 4;
      for (let c = 0; c < 4; c++) data[o + c] = data[o + c]! * (1 - share) + crop.data[i + c]! * share;
    }
  return { width: frame, height: frame, data };
}

const eyes: EyeSource[] = (['Right', 'Left'] as const).map(side => {
  const [centre] = landmark(`iris${side}Centre`);
  const ring = landmark(`iris${side}Ring`).map(at);
  const { x, y } = at(centre!);
  const radius = ring.reduce((sum, p) => sum + Math.hypot(p.x - x, p.y - y), 0) / ring.length;
  const outline = [...landmark(`eye${side}Upper`).map(at), ...landmark(`eye${side}Lower`).map(at).reverse()];
  return { outline, iris: { x, y, radius } };
});

const position = (weights: Weights): Positions =>
  combine([[vertices, 1], ...Object.entries(weights).map(([n, w]): [Positions, number] => [shapes.get(n)!, w])]);

/** How much of a tone's shape is in a variant of a picture: the amount that bends the plain one most alike. */
function toneIn(plain: Texture, variant: Picture, tone: string): number {
  const [x0, y0, x1, y1] = rects.mouth;
  let best = { amount: 0, error: Number.POSITIVE_INFINITY };
  for (let amount = 0; amount <= 1.3; amount += 0.1) {
    const bent = bendPicture(
      plain.picture,
      triangles,
      position(plain.taken ?? {}),
      position({ ...plain.taken, [tone]: amount }),
    );
    let error = 0;
    for (let y = y0 + 20; y < y1 - 20; y += 2)
      for (let x = x0 + 20; x < x1 - 20; x += 2) {
        const i = (y * frame + x) * 4 + 1;
        error += (bent.data[i]! - variant.data[i]!) ** 2;
      }
    if (error < best.error) best = { amount, error };
  }
  return Math.round(best.amount * 10) / 10;
}

const mouth: Record<string, Texture> = { base: { picture: base } };
const files = (await readdir(join(from, 'mouth'))).map(file => file.replace('.png', ''));
for (const name of files.filter(name => !name.includes('_') && name !== 'sil'))
  mouth[name] = {
    picture: await pasted(`mouth/${name}.png`, rects.mouth),
    taken: { [`lips_${name}`]: 1, jaw: JAW[name as Viseme] },
  };
const found = { smile: new Map<string, number>(), sad: new Map<string, number>() };
for (const name of files.filter(name => name.includes('_'))) {
  const [viseme, tone] = name.split('_') as [string, 'smile' | 'sad'];
  const plain = mouth[viseme] ?? mouth.base!;
  const picture = await pasted(`mouth/${name}.png`, rects.mouth);
  found[tone].set(name, toneIn(plain, picture, TONES[tone]));
  mouth[name] = { picture, taken: { ...plain.taken } };
}
// A tone was made with one amount for all. A picture that shows much less of it is damaged (teeth come through the
// cheeks): that viseme is spoken with its plain picture, bent.
const tones = { smile: 0, sad: 0 };
for (const tone of ['smile', 'sad'] as const) {
  const amounts = [...found[tone].values()].sort((a, b) => a - b);
  tones[tone] = amounts[Math.floor(amounts.length / 2)]!;
  for (const [name, amount] of found[tone])
    if (amount < tones[tone] / 2) delete mouth[name];
    else mouth[name]!.taken![TONES[tone]] = tones[tone];
}
for (const feeling of FEELINGS)
  mouth[feeling] = {
    picture: await pasted(`expressions/${feeling}.png`, rects.expressions),
    taken: { [`${feeling}_mouth`]: 1, [`${feeling}_upper`]: 1 },
  };

const headShape = (name: string) => {
  const by = shape(name);
  return gridField(COLUMNS, COLUMNS, frame, (x, y) => {
    const found = locate(vertices, triangles, x, y)!;
    return shapeAt(by, triangles[found.triangle]!, found.shares);
  });
};
const chin = at(landmark('chin')[0]!);
const figure: Figure = {
  name: 'Sarah',
  licence: 'CC0-1.0',
  background: await readPicture(join(from, 'background.png')),
  body: base,
  mesh: {
    vertices,
    triangles,
    openings,
    shapes,
  },
  upperRect: evenRect(
    { left: rects.expressions[0], top: rects.expressions[1], right: rects.expressions[2], bottom: rects.mouth[1] + 40 },
    frame,
  ),
  mouthRect: evenRect(
    { left: rects.mouth[0], top: rects.mouth[1], right: rects.mouth[2], bottom: rects.mouth[3] },
    frame,
  ),
  upper: {
    open: { picture: openEyes(base, eyes) },
    closed: { picture: await pasted('eyes/closed.png', rects.eyes), taken: { eyesClosed: 1 } },
  },
  mouth,
  eyes: eyes.map(eye => eyeParts(base, eye)),
  grid: {
    columns: COLUMNS,
    rows: COLUMNS,
    shapes: new Map([
      ['yaw_left', headShape('head_yawRight')],
      ['yaw_right', headShape('head_yawLeft')],
      ['nod_up', headShape('head_pitchUp')],
      ['nod_down', headShape('head_pitchDown')],
      ['tilt_left', headShape('head_rollRight')],
      ['tilt_right', headShape('head_rollLeft')],
      ['breathe', gridField(COLUMNS, COLUMNS, frame, (_, y) => [0, -2 - 3 * ramp(chin.y, frame, y)])],
    ]),
  },
  liveliness: 0.8,
  tones,
};
process.stdout.write(`tones: ${JSON.stringify(tones)} of ${JSON.stringify([...found.smile, ...found.sad])}\n`);
await rm(to, { recursive: true, force: true });
await writeRig(figure, to);
await copyFile(join(from, 'LICENSE.md'), join(to, 'LICENSE.md'));
