/**
 * Loads a rig for one size of picture. Decoding, scaling and converting its pictures takes a second, more than a
 * face may be away when its agent restarts: the result is kept in a cache file, found by a hash of the whole rig.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CELL, type Fit, fitFile, fitting, placed, type Size } from './fit.ts';
import { type Planes, planesAt, planesBytes } from './planes.ts';
import { type Rect, RigError, type RigFile } from './rig.ts';
import { type Decoding, decodePictures, type Slot } from './rig-decode.ts';
import { parseRig } from './rig-parse.ts';
import { decodeFace, decodeShapes, type FaceData } from './shapes.ts';

/** Goes into the cache key: raise when the layout of the planes, or how they are made, changes. */
const CACHE_VERSION = 4;

/** A rig ready to draw. */
export interface Rig {
  /** In pixels of the picture, all but `mesh` and `face`. */
  file: RigFile;
  /** Picture file -> planes. */
  pictures: Map<string, Planes>;
  /** Mesh shape -> displacement x, y in pixels per point of a grid with cells of `CELL` pixels. */
  shapes: Map<string, Float32Array>;
  face?: FaceData;
}

export interface LoadedRig extends Rig {
  /** The buffer behind `pictures`, and what it is known by: one rig, as it is now, for one size. */
  planes: { key: string; data: SharedArrayBuffer };
}

export interface LoadOptions {
  /** Of the picture; by default that of the rig. Multiples of 16. */
  size?: Size;
  /** Where the decoded pictures are kept; by default `.cache` beside the rig's folder. */
  cache?: string;
  /** Planes that other threads have loaded, by key. */
  shared?: ReadonlyMap<string, SharedArrayBuffer>;
}

/** @throws {RigError} when the rig is missing or broken; {RangeError} for a size that cannot be drawn */
export async function loadRig(folder: string, options: LoadOptions = {}): Promise<LoadedRig> {
  const text = await readPart(folder, 'rig.json');
  const original = parseRig(text.toString('utf8'));
  const size = options.size ?? { width: original.width, height: original.height };
  if (size.width % CELL || size.height % CELL || size.width < CELL || size.height < CELL)
    throw new RangeError(`pictures of ${size.width}x${size.height} cannot be drawn: both must be multiples of ${CELL}`);
  const fit = fitting(original, size);
  const slots = layout(original, size, fit);
  const parts = await Promise.all(slots.map(slot => readPart(folder, slot.name)));
  const hash = createHash('sha256').update(`${CACHE_VERSION}`).update(text);
  for (const part of parts) hash.update(part);
  const stem = `${basename(folder)}-${size.width}x${size.height}-`;
  const key = `${stem}${hash.digest('hex').slice(0, 32)}`;
  const cached = join(options.cache ?? join(dirname(folder), '.cache'), `${key}.planes`);
  const bytes = slots.reduce((sum, slot) => sum + planesBytes(slot.width, slot.height), 0);
  const data =
    options.shared?.get(key) ??
    (await readCache(cached, bytes)) ??
    (await decodeAll({ slots, parts, fit, data: new SharedArrayBuffer(bytes) }, { cached, stem }));
  const pictures = new Map(slots.map(slot => [slot.name, planesAt(data, slot.offset, slot.width, slot.height)]));
  const face = original.face && decodeFace(original.face, fit);
  return {
    file: fitFile(original, size, fit),
    pictures,
    shapes: decodeShapes(original, size, fit),
    ...(face && { face }),
    planes: { key, data },
  };
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new RigError('missing', `the rig ${folder} has no readable ${name}`, { cause });
  }
}

/** Every picture of a rig, its size and its place in the cache file. */
function layout(file: RigFile, size: Size, fit: Fit): Slot[] {
  const places = new Map<string, Rect>();
  const frame = { x: 0, y: 0, width: file.width, height: file.height };
  places.set(file.background, frame).set(file.body, frame);
  for (const patch of [file.upper, file.mouth])
    for (const name of Object.values(patch.textures)) places.set(name, patch.rect);
  for (const eye of file.eyes) {
    places.set(eye.sclera, eye.rect);
    for (const sprite of eye.sprites) places.set(sprite.picture, sprite);
  }
  if (file.interior) {
    places.set(file.interior.picture, file.interior.rect);
    for (const sprite of file.interior.sprites) places.set(sprite.picture, sprite);
  }
  let offset = 0;
  return [...places].map(([name, from]) => {
    const to = placed(from, size, fit);
    if (to.width <= 0 || to.height <= 0)
      throw new RigError('bad-format', `${name} is out of sight in a picture of ${size.width}x${size.height}`);
    const slot = { name, from, to, width: to.width, height: to.height, offset };
    offset += planesBytes(to.width, to.height);
    return slot;
  });
}

async function readCache(path: string, size: number): Promise<SharedArrayBuffer | undefined> {
  try {
    await using file = await open(path);
    if ((await file.stat()).size !== size) return undefined;
    const data = new SharedArrayBuffer(size);
    const { bytesRead } = await file.read(new Uint8Array(data), 0, size, 0);
    return bytesRead === size ? data : undefined;
  } catch {
    return undefined;
  }
}

async function decodeAll(
  decoding: Decoding,
  { cached, stem }: { cached: string; stem: string },
): Promise<SharedArrayBuffer> {
  await decodePictures(decoding);
  await keep(cached, stem, decoding.data);
  return decoding.data;
}

/** Renamed into place, so that no other face reads half a file. A read-only disk only costs the next start. */
async function keep(path: string, stem: string, data: SharedArrayBuffer): Promise<void> {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, new Uint8Array(data));
    await rename(draft, path);
    await sweep(path, stem);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Removes what earlier versions of the same rig have left. */
async function sweep(path: string, stem: string): Promise<void> {
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(stem) && /^[0-9a-f]+\.planes$/.test(name.slice(stem.length)) && name !== basename(path))
      await rm(join(dirname(path), name), { force: true });
}
