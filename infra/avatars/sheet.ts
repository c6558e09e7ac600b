/** A contact sheet: all that a rig can show, in one picture. */
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { Renderer } from '../../agents/face/renderer.ts';
import type { RigFile } from '../../agents/face/rig.ts';
import { loadRig } from '../../agents/face/rig-load.ts';
import { EMOTIONS, VISEMES } from '../../protocol/timeline.ts';
import { pose, type Still, toCanvas } from './stills.ts';

const SIZE = { width: 512, height: 512 };
/** Of one cell, pixels. */
const CELL = { width: 116, height: 128 };
const LABEL = 15;
const COLUMNS = 16;
/** Room around the face, in its widths. */
const ROOM = 0.16;

/** What the sheet shows, in reading order: a row per feeling, then lids, gaze, turns and states. */
export function stills(rig: RigFile): [label: string, still: Still][] {
  const felt = EMOTIONS.flatMap((emotion): [string, Still][] => [
    [emotion, { emotion }],
    ...VISEMES.map((viseme): [string, Still] => [viseme, { emotion, viseme }]),
  ]);
  const lids = [0.25, 0.5, 0.75, 1].map((share): [string, Still] => [`lids ${share}`, { lids: share }]);
  const gaze = Object.entries({ left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }).map(
    ([way, [x, y]]): [string, Still] => [`gaze ${way}`, { gaze: { x: x!, y: y! } }],
  );
  const { yaw, tilt, nod } = rig.motion;
  const turns = [yaw, tilt, nod]
    .flatMap(axis => [axis.negative, axis.positive])
    .filter(shape => shape !== undefined)
    .map((shape): [string, Still] => [shape.replaceAll('_', ' '), { shapes: { [shape]: 1 } }]);
  const states: [string, Still][] = [
    ['listening', { state: 'listening' }],
    ['thinking', { state: 'thinking' }],
  ];
  return [...felt, ...states, ...lids, ...gaze, ...turns];
}

export async function sheet(folder: string, out: string): Promise<number> {
  const rig = await loadRig(folder, { size: SIZE });
  const renderer = new Renderer(rig);
  const all = stills(rig.file);
  const view = faceOf(rig.file);
  const rows = Math.ceil(all.length / COLUMNS);
  const canvas = createCanvas(COLUMNS * CELL.width, rows * (CELL.height + LABEL));
  const context = canvas.getContext('2d');
  context.fillStyle = '#14161a';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = '11px sans-serif';
  for (const [i, [label, still]] of all.entries()) {
    const x = (i % COLUMNS) * CELL.width;
    const y = Math.floor(i / COLUMNS) * (CELL.height + LABEL);
    const picture = toCanvas(renderer.draw(pose(rig.file, still)));
    context.drawImage(picture, view.x, view.y, view.width, view.height, x, y, CELL.width - 1, CELL.height);
    context.fillStyle = '#e8e8ea';
    context.fillText(label, x + 3, y + CELL.height + 11);
  }
  const format = extname(out).slice(1);
  const bytes =
    format === 'png' ? await canvas.encode('png') : await canvas.encode(format === 'webp' ? 'webp' : 'jpeg', 86);
  await writeFile(out, bytes);
  console.log(`${out}: ${all.length} pictures`);
  return 0;
}

/** The part of the picture that holds the face, in the proportions of a cell. */
export function faceOf({ upper, mouth, width: frame }: RigFile) {
  const left = Math.min(upper.rect.x, mouth.rect.x);
  const right = Math.max(upper.rect.x + upper.rect.width, mouth.rect.x + mouth.rect.width);
  const [top, bottom] = [upper.rect.y, mouth.rect.y + mouth.rect.height];
  const height = Math.min(frame, Math.max(bottom - top, ((right - left) * CELL.height) / CELL.width) * (1 + 2 * ROOM));
  const width = (height * CELL.width) / CELL.height;
  const x = Math.max(0, (left + right - width) / 2);
  const y = Math.max(0, (top + bottom - height) / 2);
  return { x, y, width, height };
}
