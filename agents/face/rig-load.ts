/**
 * Loads a rig. Decoding and converting its pictures takes a few hundred milliseconds, more than a face may
 * be away when its agent restarts: the result is kept in a cache file, found by a hash of the whole rig.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { convert, type Planes, planesAt, planesBytes } from './planes.ts';
import { parseRig, RigError, type RigFile } from './rig.ts';

/** Goes into the cache key: raise when the layout of the planes changes. */
const CACHE_VERSION = 1;

/** A rig ready to draw. */
export interface Rig {
  file: RigFile;
  /** Picture file -> planes. */
  pictures: Map<string, Planes>;
  /** Mesh shape -> displacement x, y per vertex in pixels. */
  shapes: Map<string, Float32Array>;
}

export interface LoadOptions {
  /** Where the decoded pictures are kept; by default `.cache` beside the rig's folder. */
  cache?: string;
}

type Slot = { name: string; width: number; height: number; offset: number };

/** @throws {RigError} when the rig is missing or broken */
export async function loadRig(folder: string, options: LoadOptions = {}): Promise<Rig> {
  const text = await readPart(folder, 'rig.json');
  const file = parseRig(text.toString('utf8'));
  const shapes = new Map(Object.entries(file.mesh.shapes).map(([name, data]) => [name, decodeShape(file, name, data)]));
  const slots = layout(file);
  const parts = await Promise.all(slots.map(slot => readPart(folder, slot.name)));
  const hash = createHash('sha256').update(`${CACHE_VERSION}`).update(text);
  for (const part of parts) hash.update(part);
  const cached = join(
    options.cache ?? join(dirname(folder), '.cache'),
    `${basename(folder)}-${hash.digest('hex').slice(0, 32)}.planes`,
  );
  const size = slots.reduce((sum, slot) => sum + planesBytes(slot.width, slot.height), 0);
  const data = (await readCache(cached, size)) ?? (await decodeAll(slots, parts, size, cached));
  const pictures = new Map(slots.map(slot => [slot.name, planesAt(data, slot.offset, slot.width, slot.height)]));
  return { file, pictures, shapes };
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new RigError('missing', `the rig ${folder} has no readable ${name}`, { cause });
  }
}

function decodeShape(file: RigFile, name: string, base64: string): Float32Array {
  const { columns, rows, unit } = file.mesh;
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (bytes.length !== columns * rows * 4)
    throw new RigError('bad-format', `mesh shape "${name}" does not have ${columns * rows} vertices`);
  return Float32Array.from(new Int16Array(bytes.buffer), step => step * unit);
}

/** Every picture of a rig, its size and its place in the cache file. */
function layout(file: RigFile): Slot[] {
  const sizes = new Map<string, { width: number; height: number }>();
  sizes.set(file.background, file).set(file.body, file);
  for (const patch of [file.upper, file.mouth])
    for (const name of Object.values(patch.textures)) sizes.set(name, patch.rect);
  for (const eye of file.eyes) {
    sizes.set(eye.sclera, eye.rect);
    for (const sprite of eye.sprites) sizes.set(sprite.picture, sprite);
  }
  let offset = 0;
  return [...sizes].map(([name, { width, height }]) => {
    const slot = { name, width, height, offset };
    offset += planesBytes(width, height);
    return slot;
  });
}

async function readCache(path: string, size: number): Promise<ArrayBuffer | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes?.length !== size) return undefined;
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + size) as ArrayBuffer;
}

async function decodeAll(slots: Slot[], parts: Buffer[], size: number, cached: string): Promise<ArrayBuffer> {
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  const data = new ArrayBuffer(size);
  for (const [i, slot] of slots.entries()) {
    const { name, width, height } = slot;
    const image = await loadImage(parts[i]!).catch((cause: unknown) => {
      throw new RigError('bad-picture', `${name} cannot be decoded`, { cause });
    });
    if (image.width !== width || image.height !== height)
      throw new RigError('bad-picture', `${name} is ${image.width}x${image.height}, not ${width}x${height}`);
    const context = createCanvas(width, height).getContext('2d');
    context.drawImage(image, 0, 0);
    convert(context.getImageData(0, 0, width, height).data, planesAt(data, slot.offset, width, height));
  }
  await keep(cached, data);
  return data;
}

/** Renamed into place, so that no other face reads half a file. A read-only disk only costs the next start. */
async function keep(path: string, data: ArrayBuffer): Promise<void> {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, new Uint8Array(data));
    await rename(draft, path);
    await sweep(path);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Removes what earlier versions of the same rig have left. */
async function sweep(path: string): Promise<void> {
  const stem = basename(path).replace(/[0-9a-f]+\.planes$/, '');
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(stem) && /^[0-9a-f]+\.planes$/.test(name.slice(stem.length)) && name !== basename(path))
      await rm(join(dirname(path), name), { force: true });
}
