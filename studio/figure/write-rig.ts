import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crop, encodePicture, type Picture } from '../../agents/face/pictures.ts';
import type { Rect, RigFile } from '../../agents/face/rig.ts';
import { parseRig } from '../../agents/face/rig-parse.ts';
import { base64, encodeShape } from '../../agents/face/shapes.ts';
import { expressionsOf, visemesOf } from './manners.ts';
import type { Figure } from './model.ts';
import type { InteriorParts } from './mouth-interior.ts';

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
