/**
 * A human figure on its way to becoming a rig: a face mesh with shapes, textures, eyes and a head that turns.
 * Portraits and drawn characters are both brought into this form, and written by `writeRig`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crop, encodePicture, type Picture } from '../face/pictures.ts';
import type { Weights } from '../face/pose.ts';
import type { Rect, RigFile } from '../face/rig.ts';
import { parseRig } from '../face/rig-parse.ts';
import { base64, encodeShape } from '../face/shapes.ts';
import type { EyeParts } from './eyes.ts';
import { expressionsOf, visemesOf } from './manners.ts';
import type { InteriorParts } from './mouth-interior.ts';

/** x, y per vertex or per grid point, pixels of the frame. */
export type Positions = Float64Array;

export interface FigureMesh {
  /** The neutral face: lips closed, nothing felt. */
  vertices: Positions;
  triangles: [number, number, number][];
  /** Triangles that bridge an opening. */
  openings: Record<string, number[]>;
  /** Name -> displacement per vertex; manners.ts names those that are needed. */
  shapes: Map<string, Positions>;
}

export interface Texture {
  /** As large as the frame. */
  picture: Picture;
  /** How the face was bent in it. */
  taken?: Weights;
}

export interface Figure {
  name: string;
  licence: string;
  /** What is behind the person, and the person with the face's holes filled or not: both as large as the frame. */
  background: Picture;
  body: Picture;
  mesh: FigureMesh;
  upperRect: Rect;
  mouthRect: Rect;
  /** `open`, and if there is one `closed`. */
  upper: Record<string, Texture>;
  /** `base`, and any of the visemes with `_smile` and `_sad` variants, and `joy`. */
  mouth: Record<string, Texture>;
  eyes: EyeParts[];
  interior?: InteriorParts;
  /** Displacements on a grid over the frame: yaw_left/right, nod_up/down, tilt_left/right, breathe. */
  grid: { columns: number; rows: number; shapes: Map<string, Positions> };
  /** Shares of the grid's shapes that the motion uses: less for a picture that bears less. */
  liveliness: number;
  /** `mouthSmile` and `mouthFrown` of the smile and sad variants. */
  tones: { smile: number; sad: number };
  /** The face that the figure rests with: shapes added to every expression. */
  manner?: { neutral?: Weights; joy?: Weights };
}

/** Steps of the numbers, pixels. */
const UNIT = 1 / 16;
const QUALITY = 93;
/** Pixels over which a patch fades into the body. */
const FEATHER = 28;

/** Writes `rig.json` and its pictures. @throws {RigError} when the parts do not fit together */
export async function writeRig(figure: Figure, folder: string): Promise<void> {
  const { width, height } = figure.body;
  // Encoded side by side; a picture that is used twice is written once.
  const saved = new Map<Picture, Promise<string>>();
  const save = (name: string, picture: Picture, quality = QUALITY): Promise<string> => {
    const file = saved.get(picture) ?? write(join(folder, `${name}.webp`), picture, quality).then(() => `${name}.webp`);
    saved.set(picture, file);
    return file;
  };
  const patch = async (kind: 'upper' | 'mouth', rect: Rect) => {
    const entries = Object.entries(figure[kind]).map(async ([name, { picture }]) => {
      return [name, await save(`${kind}/${name}`, crop(picture, rect))] as const;
    });
    const taken = Object.entries(figure[kind]).flatMap(([name, t]) => (t.taken ? [[name, t.taken] as const] : []));
    const textures = Object.fromEntries(await Promise.all(entries));
    return { rect, feather: FEATHER, textures, taken: Object.fromEntries(taken) };
  };
  const { vertices, triangles, openings, shapes } = figure.mesh;
  const [background, body, upper, mouth, eyes, interior] = await Promise.all([
    save('background', figure.background),
    save('body', figure.body),
    patch('upper', figure.upperRect),
    patch('mouth', figure.mouthRect),
    Promise.all(
      figure.eyes.map(async (eye, i) => ({
        rect: eye.rect,
        sclera: await save(`eyes/ball_${i}`, eye.ball),
        sprites: [{ picture: await save(`eyes/iris_${i}`, eye.iris), ...eye.irisAt, ...sizeOf(eye.iris), follow: 1 }],
      })),
    ),
    figure.interior && saveInterior(figure.interior, save),
  ]);
  const travel = Math.min(...figure.eyes.map(eye => eye.radius));
  const rig: RigFile = {
    format: 'visavis-rig/2',
    name: figure.name,
    licence: figure.licence,
    width,
    height,
    focus: middle(figure),
    background,
    body,
    upper,
    mouth,
    face: {
      unit: UNIT,
      vertices: base64(Int32Array.from(vertices, v => Math.round(v / UNIT))),
      triangles: base64(Uint16Array.from(triangles.flat())),
      openings,
      shapes: Object.fromEntries([...shapes].map(([name, by]) => [name, encodeShape(by, UNIT)])),
    },
    eyes,
    ...(interior && { interior }),
    gaze: {
      left: travel * 0.75,
      right: travel * 0.75,
      up: travel * 0.45,
      down: travel * 0.45,
      counterYaw: travel * 0.5 * figure.liveliness,
      counterNod: travel * 0.3 * figure.liveliness,
      bend: { up: { lidsUp: 1 }, down: { lidsDown: 1 } },
    },
    blink: {
      chain: 'closed' in figure.upper ? ['open', 'closed'] : ['open'],
      top: 0,
      bottom: figure.upperRect.height,
      bend: { eyesClosed: 1 },
    },
    expressions: expressionsOf(figure),
    emphasis: { bend: { browOuterUp: 0.5, browInnerUp: 0.5 } },
    visemes: visemesOf(figure),
    tones: { smile: { mouthSmile: figure.tones.smile }, sad: { mouthFrown: figure.tones.sad } },
    mesh: {
      columns: figure.grid.columns,
      rows: figure.grid.rows,
      unit: UNIT,
      shapes: Object.fromEntries(
        [...figure.grid.shapes].map(([name, by]) => [
          name,
          base64(Int16Array.from(by, v => Math.round((v * figure.liveliness) / UNIT))),
        ]),
      ),
    },
    motion: {
      yaw: { negative: 'yaw_left', positive: 'yaw_right' },
      tilt: { negative: 'tilt_left', positive: 'tilt_right' },
      nod: { negative: 'nod_down', positive: 'nod_up' },
      jaw: { jaw: 1 },
      breathe: { shape: 'breathe', hz: 0.24, depth: 1 },
      sway: [],
    },
  };
  const text = `${JSON.stringify(rig)}\n`;
  parseRig(text);
  await writeFile(join(folder, 'rig.json'), text);
}

async function write(file: string, picture: Picture, quality: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await encodePicture(picture, quality));
}

async function saveInterior(parts: InteriorParts, save: (name: string, picture: Picture) => Promise<string>) {
  const sprites = parts.sprites.map(async ({ name, picture, x, y, jaw }) => {
    return { picture: await save(`inside/${name}`, picture), x, y, ...sizeOf(picture), jaw };
  });
  return {
    rect: parts.rect,
    picture: await save('inside/cavity', parts.cavity),
    sprites: await Promise.all(sprites),
  };
}

function sizeOf({ width, height }: Picture) {
  return { width, height };
}

/** Between the eyes and the mouth. */
function middle({ upperRect, mouthRect }: Figure): { x: number; y: number } {
  return {
    x: upperRect.x + upperRect.width / 2,
    y: (upperRect.y + upperRect.height / 2 + mouthRect.y + mouthRect.height / 2) / 2,
  };
}

/** A rectangle on even pixels around a box, inside a frame. */
export function evenRect(box: { left: number; top: number; right: number; bottom: number }, frame: number): Rect {
  const low = (value: number) => Math.max(0, 4 * Math.floor(value / 4));
  const high = (value: number) => Math.min(frame, 4 * Math.ceil(value / 4));
  const [x, y] = [low(box.left), low(box.top)];
  return { x, y, width: high(box.right) - x, height: high(box.bottom) - y };
}
