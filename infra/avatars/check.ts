/** Says what is wrong with a rig, and what will look wrong. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceMesh } from '../../agents/face/bend.ts';
import { CELL } from '../../agents/face/fit.ts';
import { PAD } from '../../agents/face/planes.ts';
import type { Pose } from '../../agents/face/pose.ts';
import { Renderer } from '../../agents/face/renderer.ts';
import { loadRig, type Rig } from '../../agents/face/rig-load.ts';
import { area, type Corners3 } from '../../agents/face/triangles.ts';
import { EMOTIONS } from '../../protocol/timeline.ts';
import { pose } from './stills.ts';

const SIZE = { width: 512, height: 512 };
/** Share of an opening that may stay when it is closed. */
const CLOSED = 0.12;
/** Mean difference of luma over the face by which a feeling is told from none. */
const TOLD = 0.8;
/** Pixels that a shape may move a patch's rim by: more is cut off there. */
const RIM = 1.5;
/** A rig takes this much memory per process at most before it is worth a word, bytes. */
const LARGE = 64e6;

/** Prints its findings; 1 when the rig cannot be used. @throws {RigError} says why it cannot be loaded */
export async function check(folder: string): Promise<number> {
  const rig = await loadRig(folder, { size: SIZE });
  const warnings = [
    ...(await unused(folder, rig)),
    ...openings(rig),
    ...rims(rig),
    ...borders(rig),
    ...feelings(rig),
    ...lipsThatClose(rig),
  ];
  const bytes = [...rig.pictures.values()].reduce((sum, { width, height }) => sum + width * height * 6, 0);
  if (bytes > LARGE) warnings.push(`its pictures take ${Math.round(bytes / 1e6)} MB of memory at 512x512`);
  const { name, width, height } = rig.file;
  console.log(`${folder}: ${name}, ${rig.pictures.size} pictures, ${Math.round(bytes / 1e6)} MB at ${width}x${height}`);
  for (const warning of warnings) console.log(`  look: ${warning}`);
  console.log(warnings.length ? `usable; ${warnings.length} to look at` : 'good');
  return 0;
}

async function unused(folder: string, rig: Rig): Promise<string[]> {
  const known = new Set(rig.pictures.keys());
  const files = await readdir(folder, { recursive: true });
  const pictures = files.filter(file => /\.(webp|png|jpe?g)$/i.test(file) && !known.has(file.replaceAll('\\', '/')));
  const sizes = await Promise.all(pictures.map(async file => (await stat(join(folder, file))).size));
  return pictures.map((file, i) => `${file} is not used (${Math.ceil(sizes[i]! / 1024)} kB)`);
}

/** Eyes that do not close, and lips that are open on p, b, m. */
function* openings({ file, face }: Rig): Generator<string> {
  if (!face || !('openings' in file.face!)) return;
  const names = Object.keys(file.face.openings);
  const mesh = new FaceMesh(face);
  const sizes = (posed: Pose) => {
    mesh.bend(posed.bend);
    return names.map((_, n) => openArea(mesh, n + 1));
  };
  const open = sizes(pose(file, { viseme: 'aa' }));
  const blinking = sizes(pose(file, { lids: 1 }));
  const pressed = sizes(pose(file, { viseme: 'PP' }));
  // A mesh may bridge more than the opening itself.
  const resting = sizes(pose(file, { viseme: 'sil' }));
  for (const [n, name] of names.entries()) {
    if (open[n]! < 1) yield `the opening "${name}" never opens`;
    const isMouth = name === 'mouth';
    const least = isMouth ? resting[n]! : 0;
    const closed = ((isMouth ? pressed : blinking)[n]! - least) / (open[n]! - least);
    if (closed > CLOSED) yield `the opening "${name}" closes only to ${percent(closed)}`;
  }
}

/** Square pixels of an opening, by its number (from 1). */
export function openArea(mesh: FaceMesh, opening: number): number {
  const { triangles, openings: group } = mesh.data;
  let sum = 0;
  for (let t = 0; t < group.length; t++) {
    if (group[t] !== opening) continue;
    const corner = (n: number) => [mesh.now[triangles[t * 3 + n]! * 2]!, mesh.now[triangles[t * 3 + n]! * 2 + 1]!];
    sum += Math.max(0, area([...corner(0), ...corner(1), ...corner(2)] as unknown as Corners3)) / 2;
  }
  return sum;
}

/** A face that is moved where no patch is drawn is cut off. */
function* rims({ file, face }: Rig): Generator<string> {
  if (!face) return;
  const inside = (x: number, y: number) =>
    [file.upper.rect, file.mouth.rect].some(r => x > r.x && y > r.y && x < r.x + r.width && y < r.y + r.height);
  for (const [name, { at, by }] of face.shapes) {
    let most = 0;
    for (const [i, v] of at.entries())
      if (!inside(face.vertices[v * 2]!, face.vertices[v * 2 + 1]!))
        most = Math.max(most, Math.hypot(by[i * 2]!, by[i * 2 + 1]!));
    if (most > RIM) yield `face shape "${name}" moves ${most.toFixed(1)} px outside of both patches: it is cut there`;
  }
}

/** The picture continues its border for a little way only. */
function* borders({ file, shapes }: Rig): Generator<string> {
  const columns = file.width / CELL + 1;
  for (const [name, by] of shapes) {
    let most = 0;
    for (let i = 0; i < by.length / 2; i++) {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      if (column > 0 && column < columns - 1 && row > 0 && row < file.height / CELL) continue;
      most = Math.max(most, Math.abs(by[i * 2]!), Math.abs(by[i * 2 + 1]!));
    }
    if (most > PAD) yield `mesh shape "${name}" pulls the frame's border in by ${most.toFixed(0)} px`;
  }
}

/** A feeling that nobody sees. */
function* feelings(rig: Rig): Generator<string> {
  const renderer = new Renderer(rig);
  const { upper, mouth } = rig.file;
  const luma = (emotion: (typeof EMOTIONS)[number]) => {
    const { data } = renderer.draw(pose(rig.file, { emotion }));
    return [upper.rect, mouth.rect].flatMap(r =>
      Array.from({ length: r.width * r.height }, (_, i) => {
        const row = r.y + Math.floor(i / r.width);
        return data[row * SIZE.width + r.x + (i % r.width)]!;
      }),
    );
  };
  const neutral = luma('neutral');
  for (const emotion of EMOTIONS.slice(1)) {
    const felt = luma(emotion);
    let sum = 0;
    for (let i = 0; i < felt.length; i++) sum += Math.abs(felt[i]! - neutral[i]!);
    if (sum / felt.length < TOLD) yield `"${emotion}" looks like "neutral"`;
  }
}

/** Painted mouths say in `lips` how far they are open. */
function* lipsThatClose({ file }: Rig): Generator<string> {
  if (file.face) return;
  const { lips = {} } = file.mouth;
  const { PP, aa } = file.visemes;
  const gap = (name: string) => (lips[name] ? lips[name].lower - lips[name].upper : undefined);
  for (const name of [PP.mouth, PP.smile, PP.sad]) {
    const [closed, wide] = [name && gap(name), gap(aa.mouth)];
    if (closed && wide && closed > CLOSED * wide) yield `the mouth "${name}" of PP is open`;
  }
  for (const name of Object.keys(file.mouth.textures))
    if (!(name in lips)) yield `the mouth "${name}" has no lips: it is faded, not bent`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
