/**
 * Renders a person from formulas (people/README.md, needs g++ and Python with numpy, scipy, Pillow) and makes the rig folder:
 *   PYTHON=python3 node infra/avatars/convert-person.ts june <folder of renders> [<rig folder>]
 * Renders that are in their folder already are not made again; all of them take a quarter of an hour.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePicture, readPicture } from '../../agents/face/pictures.ts';
import { base64 } from '../../agents/face/shapes.ts';
import { EMOTIONS, VISEMES } from '../../protocol/timeline.ts';

type Box = [x: number, y: number, width: number, height: number];
type Point = { x: number; y: number };
/** What people/render.py says about its pictures. */
interface Layers {
  size: number;
  windows: Record<'upper' | 'mouth', Box>;
  eyes: Record<'left' | 'right', Box>;
  sprites: Record<string, Box>;
  uppers: string[];
  lips: Record<string, { left: Point; right: Point; upper: number; lower: number }>;
  columns: number;
  shapes: Record<string, [x: number, y: number][]>;
}

/** Displacements are stored in steps of 1/16 px. */
const UNIT = 1 / 16;
const QUALITY = 88;
const FEATHER = 16;
/** Reflections stay with the light and follow the eyes by half. */
const GLINT_FOLLOWS = 0.48;
/** Rows of the frame between which the lids move. */
const LIDS = { top: 292, bottom: 392 };

const [person, from, to = `avatars/${person}`] = process.argv.slice(2);
if (!person || !from) throw new Error('usage: convert-person.ts <person> <folder of renders> [<rig folder>]');
const name = person[0]!.toUpperCase() + person.slice(1);

const LICENCE = `# Licence

${name} (pictures, rig data, background) was made for this project from scratch, of formulas in
\`infra/avatars/people\`, without meshes, textures, photographs or models of others, and is dedicated to the public
domain under CC0 1.0 Universal: <https://creativecommons.org/publicdomain/zero/1.0/>
`;

const renderer = join(import.meta.dirname, 'people/render.py');
const rendered = spawnSync(process.env.PYTHON ?? 'python3', [renderer, person, from], { stdio: 'inherit' });
if (rendered.status !== 0)
  throw new Error('the renderer failed: what it needs is named at the top of people/render.py');
const layers: Layers = JSON.parse(await readFile(join(from, 'layers.json'), 'utf8'));
await rm(to, { recursive: true, force: true });

/** A rendered picture as part of the rig. */
async function layer(name: string, quality = QUALITY): Promise<string> {
  const file = `${name}.webp`;
  await mkdir(dirname(join(to, file)), { recursive: true });
  await writeFile(join(to, file), await encodePicture(await readPicture(join(from!, `${name}.png`)), quality));
  return file;
}

function rectOf([x, y, width, height]: Box) {
  return { x, y, width, height };
}

async function patch(kind: 'upper' | 'mouth', names: string[]) {
  const textures: Record<string, string> = {};
  for (const name of names) textures[name] = await layer(`${kind}/${name}`);
  return { rect: rectOf(layers.windows[kind]), feather: FEATHER, textures };
}

async function eye(side: 'left' | 'right') {
  const sprite = async (name: string, follow: number) => ({
    picture: await layer(`eyes/${side}_${name}`),
    ...rectOf(layers.sprites[`${side}_${name}`]!),
    follow,
  });
  return {
    rect: rectOf(layers.eyes[side]),
    sclera: await layer(`eyes/${side}_white`),
    sprites: [await sprite('iris', 1), await sprite('glint', GLINT_FOLLOWS)],
  };
}

/** What each feeling does: the mouth at rest, how words sound, how the head hangs. */
const MANNERS: Record<string, { rest?: [string, number][]; tones?: object; shapes?: Record<string, number> }> = {
  neutral: { rest: [['sil', 1]] },
  happy: {
    rest: [
      ['sil_smile', 0.7],
      ['happy', 1],
    ],
    tones: { smile: 0.9 },
    shapes: { tilt_right: 0.15 },
  },
  sad: { rest: [['sil_sad', 1]], tones: { sad: 0.9 }, shapes: { nod_down: 0.35, tilt_left: 0.2 } },
  angry: { tones: { sad: 0.5 }, shapes: { nod_down: 0.25 } },
  surprised: {
    rest: [
      ['sil', 0.4],
      ['surprised', 1],
    ],
    shapes: { nod_up: 0.2 },
  },
  fearful: { tones: { sad: 0.5 }, shapes: { nod_up: 0.15 } },
  disgusted: { tones: { sad: 0.4 }, shapes: { yaw_left: 0.2 } },
  thinking: { shapes: { tilt_right: 0.3, nod_up: 0.15 } },
};
/** Where the eyes drift to, in pixels. */
const LOOKS: Record<string, Point> = { sad: { x: 0, y: 4 }, disgusted: { x: 3, y: 1 }, thinking: { x: 10, y: -8 } };

function expression(name: string) {
  const { rest = [[name, 1]], tones = {}, shapes = {} } = MANNERS[name]!;
  const own = { lids: [`${name}_low`, `${name}_lower`], closed: `${name}_closed` };
  const gaze = LOOKS[name] ?? { x: 0, y: 0 };
  return {
    upper: name,
    ...(name !== 'neutral' && own),
    rest: rest.map(([mouth, at]) => ({ mouth, at })),
    tones,
    gaze,
    shapes,
  };
}

/** Visemes without a variant of their own are smiled, or spoken sadly, with that of one that looks alike. */
const ALIKE: Record<string, string> = {
  TH_smile: 'DD_smile',
  nn_smile: 'DD_smile',
  ...Object.fromEntries(['I', 'kk', 'DD', 'TH'].map(name => [`${name}_sad`, 'E_sad'])),
  SS_sad: 'FF_sad',
  nn_sad: 'FF_sad',
};

function viseme(name: string) {
  const toned = (tone: 'smile' | 'sad') => {
    const own = ALIKE[`${name}_${tone}`] ?? `${name}_${tone}`;
    return layers.lips[own] ? { [tone]: own } : {};
  };
  return { mouth: name, ...toned('smile'), ...toned('sad') };
}

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);
const named = <T>(names: readonly string[], make: (name: string) => T) =>
  Object.fromEntries(names.map(name => [name, make(name)]));
const { size, shapes, columns, lips, windows } = layers;
const rig = {
  format: 'visavis-rig/2',
  name,
  licence: 'CC0-1.0',
  width: size,
  height: size,
  focus: { x: size / 2, y: size * 0.46 },
  background: await layer('background'),
  body: await layer('body'),
  upper: await patch('upper', layers.uppers),
  mouth: { ...(await patch('mouth', Object.keys(lips))), lips: JSON.parse(JSON.stringify(lips, rounded)) },
  eyes: [await eye('left'), await eye('right')],
  gaze: { left: 19, right: 19, up: 12, down: 12, counterYaw: 7, counterNod: 5 },
  blink: {
    chain: ['neutral', 'lids_25', 'lids_50', 'lids_75', 'closed'],
    top: LIDS.top - windows.upper[1],
    bottom: LIDS.bottom - windows.upper[1],
  },
  expressions: named([...EMOTIONS, 'thinking'], expression),
  emphasis: { upper: 'raised' },
  visemes: named(VISEMES, viseme),
  mesh: {
    columns,
    rows: columns,
    unit: UNIT,
    shapes: named(Object.keys(shapes), name =>
      base64(Int16Array.from(shapes[name]!.flat(), d => Math.round(d / UNIT))),
    ),
  },
  motion: {
    yaw: { negative: 'yaw_left', positive: 'yaw_right' },
    tilt: { negative: 'tilt_left', positive: 'tilt_right' },
    nod: { negative: 'nod_down', positive: 'nod_up' },
    breathe: { shape: 'breathe', hz: 0.25, depth: 1 },
    sway: [],
  },
};
await writeFile(join(to, 'rig.json'), `${JSON.stringify(rig)}\n`);
await writeFile(join(to, 'LICENSE.md'), LICENCE);
