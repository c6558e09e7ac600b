/**
 * Makes the rig folder of Ollie from his baked layers:
 *   node infra/avatars/convert-ollie.ts <source folder> [<rig folder>]
 * The layers stay at 1024 px: a call scales them to its own size.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crop, encodePicture, type Picture, readPicture, scalePicture } from '../../agents/face/pictures.ts';
import { base64 } from '../../agents/face/shapes.ts';
import { findLips } from './lips.ts';

interface Source {
  mouth: { rect: Box; feather: number; files: string[] };
  upper: { rect: Box; feather: number; files: string[]; blink: string[] };
  eyes: Record<
    'L' | 'R',
    { rect: Box; sclera: string; iris: Part & { centre: [number, number]; radius: number }; catch: Part }
  >;
  gaze: { travel: Record<'left' | 'right' | 'up' | 'down', number> };
  expressions: Record<string, { upper: string; closed: string; mouth: string; gaze: [number, number] }>;
  mesh: { columns: number; rows: number; displacements: Record<string, [number, number][]> };
}
type Box = { x: number; y: number; w: number; h: number };
type Part = { file: string; x: number; y: number; w: number; h: number };

/** Displacements are stored in steps of 1/16 px. */
const UNIT = 1 / 16;
/** Of the pictures; above this nobody tells them from lossless ones. */
const QUALITY = 95;

const LICENCE = `# Licence

Ollie the octopus (pictures, rig data, background) was made for this project from scratch, without material of
others, and is dedicated to the public domain under CC0 1.0 Universal:
<https://creativecommons.org/publicdomain/zero/1.0/>
`;

const [from, to = 'avatars/ollie'] = process.argv.slice(2);
if (!from) throw new Error('usage: convert-ollie.ts <source folder> [<rig folder>]');
const source: Source = JSON.parse(await readFile(join(from, 'rig.json'), 'utf8'));
await rm(to, { recursive: true, force: true });

async function save(picture: Picture, name: string): Promise<string> {
  const file = `${name}.webp`;
  await mkdir(dirname(join(to, file)), { recursive: true });
  await writeFile(join(to, file), await encodePicture(picture, QUALITY));
  return file;
}

async function layer(name: string): Promise<string> {
  return save(await readPicture(join(from!, `${name}.png`)), name);
}

async function patch(name: 'upper' | 'mouth') {
  const { rect, feather, files } = source[name];
  const textures: Record<string, string> = {};
  for (const file of files) textures[file] = await layer(`${name}/${file}`);
  return { rect: rectOf(rect), feather, textures };
}

/** Where the lips are in each mouth, to a quarter of a pixel. */
async function lips() {
  // They are looked for at half the size; pixels are counted by their centres.
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 4) / 2 + 0.5 : value);
  const found: Record<string, unknown> = {};
  for (const file of source.mouth.files) {
    const picture = await readPicture(join(from!, `mouth/${file}.png`));
    const half = { x: 0, y: 0, width: picture.width / 2, height: picture.height / 2, scale: 0.5 };
    found[file] = JSON.parse(JSON.stringify(findLips(scalePicture(picture, half)), round));
  }
  return found;
}

function rectOf({ x, y, w, h }: Box) {
  return { x, y, width: w, height: h };
}

/** Cuts a picture that sits at `at` to whole 4 px steps, so that its half sits on even pixels too. */
async function placed(file: string, at: Box, limit?: number) {
  const picture = await readPicture(join(from!, file));
  const x = Math.floor(at.x / 4) * 4;
  const y = Math.floor(at.y / 4) * 4;
  const right = Math.ceil((at.x + at.w) / 4) * 4;
  const bottom = Math.min(Math.ceil((at.y + at.h) / 4) * 4, limit ?? Number.POSITIVE_INFINITY);
  const cut = crop(picture, { x: x - at.x, y: y - at.y, width: right - x, height: bottom - y });
  const rect = { x, y, width: right - x, height: bottom - y };
  return { rect, picture: await save(cut, file.replace('.png', '')) };
}

async function eye(side: 'L' | 'R') {
  const e = source.eyes[side];
  // The skin below the eyes belongs to the mouth; no eye hole reaches it.
  const sclera = await placed(e.sclera, e.rect, source.mouth.rect.y);
  const sprite = async (part: Part, follow: number) => {
    const { rect, picture } = await placed(part.file, part);
    return { picture, ...rect, follow };
  };
  return { rect: sclera.rect, sclera: sclera.picture, sprites: [await sprite(e.iris, 1), await sprite(e.catch, 0.45)] };
}

/** Row of the upper rect that many radii of the iris below its centre. */
function lidRow(radii: number): number {
  const { centre, radius } = source.eyes.L.iris;
  return Math.round(centre[1] + radii * radius - source.upper.rect.y);
}

function shape(displacements: [number, number][]): string {
  return base64(Int16Array.from(displacements.flat(), d => Math.round(d / UNIT)));
}

/** What each feeling does beyond the source's table: the mouth at rest, how words sound, how the body hangs. */
const MANNERS: Record<string, { rest?: [string, number][]; tones?: object; shapes?: Record<string, number> }> = {
  happy: {
    rest: [
      ['sil_smile', 0.6],
      ['joy', 1],
    ],
    tones: { smile: 0.9 },
    shapes: { squash: -0.15 },
  },
  sad: { tones: { sad: 0.9 }, shapes: { nod_down: 0.35, squash: 0.3 } },
  angry: { tones: { sad: 0.5 }, shapes: { nod_down: 0.25 } },
  surprised: {
    rest: [
      ['sil', 0.4],
      ['O', 1],
    ],
    shapes: { nod_up: 0.25, squash: -0.25 },
  },
  fearful: { tones: { sad: 0.5 }, shapes: { squash: 0.3, nod_up: 0.15 } },
  disgusted: { tones: { sad: 0.4 }, shapes: { yaw_left: 0.2 } },
  thinking: { shapes: { tilt_right: 0.3, nod_up: 0.15 } },
};

function expression([name, e]: [string, Source['expressions'][string]]) {
  const manners = MANNERS[name] ?? {};
  const rest = (manners.rest ?? [[e.mouth, 1]]).map(([mouth, at]) => ({ mouth, at }));
  const gaze = { x: e.gaze[0], y: e.gaze[1] };
  const closed = name === 'neutral' ? {} : { closed: e.closed };
  return [name, { upper: e.upper, ...closed, rest, tones: manners.tones ?? {}, gaze, shapes: manners.shapes ?? {} }];
}

const plain = (mouth: string) => ({ mouth });
const toned = (mouth: string, stem = mouth) => ({ mouth, smile: `${stem}_smile`, sad: `${stem}_sad` });
const arm = (shape: string, hz: number, amplitude: number) => ({ shape, bias: 0, amplitude, hz, speaking: 0.4 });

const rig = {
  format: 'visavis-rig/2',
  name: 'Ollie',
  licence: 'CC0-1.0',
  width: 1024,
  height: 1024,
  focus: { x: 512, y: 470 },
  background: await layer('background'),
  body: await layer('body'),
  upper: await patch('upper'),
  mouth: { ...(await patch('mouth')), lips: await lips() },
  eyes: [await eye('L'), await eye('R')],
  gaze: {
    left: source.gaze.travel.left,
    right: source.gaze.travel.right,
    up: source.gaze.travel.up,
    down: source.gaze.travel.down,
    counterYaw: 10,
    counterNod: 8,
  },
  blink: { chain: source.upper.blink, top: lidRow(-1.05), bottom: lidRow(1.05) },
  expressions: Object.fromEntries(Object.entries(source.expressions).map(expression)),
  emphasis: { upper: 'wide' },
  visemes: {
    sil: toned('sil'),
    PP: { mouth: 'PP', smile: 'sil_smile', sad: 'sil_sad' },
    FF: plain('FF'),
    TH: plain('TH'),
    DD: plain('DD'),
    kk: plain('kk'),
    CH: plain('CH'),
    SS: plain('SS'),
    nn: plain('nn'),
    RR: plain('RR'),
    aa: toned('aa'),
    E: toned('E'),
    I: { mouth: 'I', smile: 'E_smile', sad: 'E_sad' },
    O: toned('O'),
    U: plain('U'),
  },
  mesh: {
    columns: source.mesh.columns,
    rows: source.mesh.rows,
    unit: UNIT,
    shapes: Object.fromEntries(Object.entries(source.mesh.displacements).map(([name, d]) => [name, shape(d)])),
  },
  motion: {
    yaw: { negative: 'yaw_left', positive: 'yaw_right' },
    tilt: { negative: 'tilt_left', positive: 'tilt_right' },
    nod: { negative: 'nod_down', positive: 'nod_up' },
    arms: {
      raise_sideL: 1.8,
      raise_sideR: 1.8,
      uncurl_sideL: 1.4,
      uncurl_sideR: 1.4,
      raise_frontL: 1,
      raise_frontR: 1,
    },
    breathe: { shape: 'breathe', hz: 0.25, depth: 1 },
    sway: [
      arm('curl_sideL', 0.15, 0.9),
      arm('curl_sideR', 0.17, 0.9),
      arm('curl_frontL', 0.13, 0.8),
      arm('curl_frontR', 0.19, 0.8),
      arm('raise_sideL', 0.08, 0.35),
      arm('raise_sideR', 0.09, 0.35),
    ],
  },
};
await writeFile(join(to, 'rig.json'), `${JSON.stringify(rig, null, 1)}\n`);
await writeFile(join(to, 'LICENSE.md'), LICENCE);
