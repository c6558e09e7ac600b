import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RigError } from './rig.ts';
import { loadRig } from './rig-load.ts';
import { parseRig } from './rig-parse.ts';

const OLLIE = 'avatars/ollie';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rig-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Draft = ReturnType<typeof parseRig>;

async function broken(change: (rig: Draft) => void): Promise<string> {
  const rig = JSON.parse(await readFile(join(OLLIE, 'rig.json'), 'utf8')) as Draft;
  change(rig);
  return JSON.stringify(rig);
}

describe('parseRig', () => {
  const faults: [string, (rig: Draft) => void, RegExp][] = [
    ['another format', rig => Object.assign(rig, { format: 'ollie-rig/1' }), /format/],
    ['a misspelt key', rig => Object.assign(rig, { mouht: {} }), /mouht/],
    ['a missing viseme', rig => delete (rig.visemes as Partial<Draft['visemes']>).PP, /PP/],
    ['an unknown mouth', rig => Object.assign(rig.visemes.aa, { mouth: 'oops' }), /unknown mouth texture "oops"/],
    ['an unknown lid', rig => rig.blink.chain.push('lids_200'), /unknown upper texture "lids_200"/],
    ['an unknown shape', rig => Object.assign(rig.motion.yaw, { positive: 'spin' }), /unknown mesh shape "spin"/],
    ['a mouth outside the frame', rig => Object.assign(rig.mouth.rect, { x: 800 }), /mouth lies outside the frame/],
    ['odd places', rig => Object.assign(rig.upper.rect, { y: 101 }), /multiple of 2/],
    ['an eye in the mouth', rig => Object.assign(rig.eyes[0]!.rect, { y: 500 }), /eye overlaps the mouth/],
    ['a focus outside the frame', rig => Object.assign(rig.focus, { x: 1100 }), /focus/],
    ['a bend without a face', rig => Object.assign(rig.blink, { bend: { shut: 1 } }), /unknown face shape "shut"/],
  ];
  it.each(faults)('refuses %s and says so', async (_, change, message) => {
    const text = await broken(change);
    expect(() => parseRig(text)).toThrow(message);
    expect(() => parseRig(text)).toThrow(RigError);
  });

  it('refuses what is not JSON', () => {
    expect(() => parseRig('{')).toThrow(/not JSON/);
  });
});

describe('loadRig', () => {
  const size = { width: 256, height: 256 };
  const ollie = async () => {
    await cp(OLLIE, join(folder, 'ollie'), { recursive: true });
    return join(folder, 'ollie');
  };

  it('says that a rig is missing', async () => {
    await expect(loadRig(join(folder, 'nobody'))).rejects.toMatchObject({ name: 'RigError', fault: 'missing' });
  });

  it('says which picture is missing', async () => {
    const at = await ollie();
    await rm(join(at, 'mouth/aa.webp'));
    await expect(loadRig(at)).rejects.toThrow(/no readable mouth\/aa.webp/);
  });

  it('says which picture is broken, and which has the wrong size', async () => {
    const at = await ollie();
    await writeFile(join(at, 'mouth/aa.webp'), 'not a picture');
    await expect(loadRig(at)).rejects.toMatchObject({
      fault: 'bad-picture',
      message: expect.stringContaining('aa.webp'),
    });
    await copyFile(join(at, 'body.webp'), join(at, 'mouth/aa.webp'));
    await expect(loadRig(at)).rejects.toThrow(/mouth\/aa.webp is 1024x1024, not 496x256/);
  });

  it('refuses a mesh shape of the wrong length', async () => {
    const at = await ollie();
    await writeFile(join(at, 'rig.json'), await broken(rig => Object.assign(rig.mesh.shapes, { breathe: 'AAAA' })));
    await expect(loadRig(at)).rejects.toThrow(/"breathe" does not have 1089 vertices/);
  });

  it('loads the same from the cache as from the pictures', async () => {
    const cache = join(folder, 'cache');
    const fresh = await loadRig(OLLIE, { size, cache });
    expect(await readdir(cache)).toHaveLength(1);
    const again = await loadRig(OLLIE, { size, cache });
    for (const [name, planes] of fresh.pictures)
      expect(Buffer.compare(bytes(planes.data), bytes(again.pictures.get(name)!.data))).toBe(0);
    expect(again.pictures.size).toBe(fresh.pictures.size);
  });

  it('decodes again when a picture changed or the cache was cut short', async () => {
    const cache = join(folder, 'cache');
    const at = await ollie();
    const before = await loadRig(at, { size, cache });
    await copyFile(join(at, 'mouth/E.webp'), join(at, 'mouth/aa.webp'));
    const after = await loadRig(at, { size, cache });
    expect(await readdir(cache), 'the old one is swept away').toHaveLength(1);
    expect(after.pictures.get('mouth/aa.webp')!.data).toEqual(before.pictures.get('mouth/E.webp')!.data);
    for (const file of await readdir(cache)) await writeFile(join(cache, file), 'short');
    expect((await loadRig(at, { size, cache })).pictures.get('body.webp')!.data).toEqual(
      before.pictures.get('body.webp')!.data,
    );
  });

  it('loads without a place for the cache', async () => {
    await writeFile(join(folder, 'file'), '');
    const rig = await loadRig(OLLIE, { size, cache: join(folder, 'file') });
    expect(rig.pictures.size).toBeGreaterThan(50);
  });
});

function bytes(words: Uint8Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
