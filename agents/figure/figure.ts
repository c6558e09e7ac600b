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
  const save = async (name: string, picture: Picture, quality = QUALITY) => {
    const file = `${name}.webp`;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), await encodePicture(picture, quality));
    return file;
  };
  const patch = async (kind: 'upper' | 'mouth', rect: Rect) => {
    const textures: Record<string, string> = {};
    const taken: Record<string, Weights> = {};
    for (const [name, texture] of Object.entries(figure[kind])) {
      textures[name] = await save(`${kind}/${name}`, crop(texture.picture, rect));
      if (texture.taken) taken[name] = texture.taken;
    }
    return { rect, feather: FEATHER, textures, taken };
  };
  const { vertices, triangles, openings, shapes } = figure.mesh;
  const eyes = [];
  for (const [i, eye] of figure.eyes.entries()) {
    const iris = await save(`eyes/iris_${i}`, eye.iris);
    eyes.push({
      rect: eye.rect,
      sclera: await save(`eyes/ball_${i}`, eye.ball),
      sprites: [{ picture: iris, x: eye.irisAt.x, y: eye.irisAt.y, ...sizeOf(eye.iris), follow: 1 }],
    });
  }
  const travel = Math.min(...figure.eyes.map(eye => eye.radius));
  const rig: RigFile = {
    format: 'visavis-rig/2',
    name: figure.name,
    licence: figure.licence,
    width,
    height,
    focus: middle(figure),
    background: await save('background', figure.background, 88),
    body: await save('body', figure.body),
    upper: await patch('upper', figure.upperRect),
    mouth: await patch('mouth', figure.mouthRect),
    face: {
      unit: UNIT,
      vertices: base64(Int32Array.from(vertices, v => Math.round(v / UNIT))),
      triangles: base64(Uint16Array.from(triangles.flat())),
      openings,
      shapes: Object.fromEntries([...shapes].map(([name, by]) => [name, encodeShape(by, UNIT)])),
    },
    eyes,
    ...(figure.interior && {
      interior: {
        rect: figure.interior.rect,
        picture: await save('inside/cavity', figure.interior.cavity),
        sprites: await Promise.all(
          figure.interior.sprites.map(async s => ({
            picture: await save(`inside/${s.name}`, s.picture),
            x: s.x,
            y: s.y,
            ...sizeOf(s.picture),
            jaw: s.jaw,
          })),
        ),
      },
    }),
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
