/**
 * How a portrait's face moves against how a real one does. A shipped person, whose renders are true, is photographed with
 * open eyes; the portrait made of that photo shuts them, and is held against the render with shut eyes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { Renderer } from '../agents/face/renderer.ts';
import { loadRig } from '../agents/face/rig-load.ts';
import { pose, type Still, toCanvas } from '../infra/avatars/stills.ts';
import type { Viseme } from '../protocol/timeline.ts';
import { type Face, findFaces } from '../studio/portrait/detect.ts';
import { frame } from '../studio/portrait/frame.ts';
import { rigPortrait } from '../studio/portrait/rig-portrait.ts';

const SIDE = 768;
/** Around the middle of an eye, in distances between both: all that a lid moves over. */
const EYE = { width: 0.62, height: 0.34 };
const ROUND: Viseme[] = ['O', 'U'];
const SPREAD: Viseme[] = ['aa', 'E'];
/** Of MediaPipe's mesh: corners of the mouth, and where the face meets the ears. */
const [LEFT_CORNER, RIGHT_CORNER, LEFT_EAR, RIGHT_EAR] = [61, 291, 234, 454];

export interface PortraitTruth {
  /** 1: the shut eyes are those of the render; 0: as far from them as open ones. */
  blinkIntegrity: number;
  /** Width of the mouth in a and e, against o and u: above 1 where lips are rounded; of the render, and of the portrait. */
  roundness: { truth: number; portrait: number };
}

export async function portraitTruth(person = 'sarah'): Promise<PortraitTruth> {
  const truth = await painter(path.join('avatars', person));
  const open = truth({});
  const folder = await mkdtemp(path.join(os.tmpdir(), 'visavis-truth-'));
  try {
    await rigPortrait({ ...(await frame(await open.encode('png'))), folder, name: person });
    const portrait = await painter(folder);
    const [from, to] = [await faceOf(open), await faceOf(portrait({}))];
    const shut = moved(truth({ lids: 1 }), from, to);
    const error = apart(portrait({ lids: 1 }), shut, to) / apart(moved(open, from, to), shut, to);
    return {
      blinkIntegrity: hundredths(1 - error),
      roundness: { truth: await roundness(truth), portrait: await roundness(portrait) },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Paint = (still: Still) => Canvas;

async function painter(folder: string): Promise<Paint> {
  const rig = await loadRig(folder, { size: { width: SIDE, height: SIDE } });
  const renderer = new Renderer(rig);
  return still => toCanvas(renderer.draw(pose(rig.file, still)));
}

const pixels = (canvas: Canvas) => canvas.getContext('2d').getImageData(0, 0, SIDE, SIDE);

async function faceOf(canvas: Canvas): Promise<Face> {
  const [face] = await findFaces(pixels(canvas));
  if (face === undefined) throw new Error('there is no face in a still');
  return face;
}

/** Shifts, turns and scales one picture so that its eyes lie where the other's are. */
function moved(canvas: Canvas, from: Face, to: Face): Canvas {
  const [a, b] = [eyes(from), eyes(to)];
  const scale = b.apart / a.apart;
  const into = createCanvas(SIDE, SIDE);
  const context = into.getContext('2d');
  context.translate(b.x, b.y);
  context.rotate(b.roll - a.roll);
  context.scale(scale, scale);
  context.drawImage(canvas, -a.x, -a.y);
  return into;
}

/** Mean difference of brightness where the eyes are. */
function apart(one: Canvas, other: Canvas, { irises }: Face): number {
  const { apart: distance } = eyes({ irises });
  const [a, b] = [pixels(one).data, pixels(other).data];
  let [sum, count] = [0, 0];
  for (const { x, y } of [irises.left, irises.right])
    for (let dy = -EYE.height / 2; dy < EYE.height / 2; dy += 1 / distance)
      for (let dx = -EYE.width / 2; dx < EYE.width / 2; dx += 1 / distance) {
        const at = (Math.round(y + dy * distance) * SIDE + Math.round(x + dx * distance)) * 4;
        sum += Math.abs(brightness(a, at) - brightness(b, at));
        count++;
      }
  return sum / count;
}

const brightness = (data: Uint8ClampedArray, at: number) =>
  0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;

function eyes({ irises: { left, right } }: Pick<Face, 'irises'>) {
  return {
    x: (left.x + right.x) / 2,
    y: (left.y + right.y) / 2,
    apart: Math.hypot(right.x - left.x, right.y - left.y),
    roll: Math.atan2(right.y - left.y, right.x - left.x),
  };
}

async function roundness(paint: Paint): Promise<number> {
  const width = async (visemes: Viseme[]) => {
    let sum = 0;
    for (const viseme of visemes) {
      const { points } = await faceOf(paint({ viseme }));
      const between = (a: number, b: number) => Math.hypot(points[a]!.x - points[b]!.x, points[a]!.y - points[b]!.y);
      sum += between(LEFT_CORNER, RIGHT_CORNER) / between(LEFT_EAR, RIGHT_EAR);
    }
    return sum / visemes.length;
  };
  return hundredths((await width(SPREAD)) / (await width(ROUND)));
}

const hundredths = (value: number) => Math.round(value * 100) / 100;
