import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortraitId } from '../../protocol/portraits.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import { textOf } from '../blobs/port.ts';
import { PortraitStore } from './store.ts';

const DAY_MS = 86_400_000;
let folder: string;
let nowMs: number;
const store = (limits = {}) =>
  new PortraitStore(new FolderBlobs(folder), folder, { maxCount: 3, maxAgeDays: 30, ...limits }, () => nowMs);
const fill = async (to: string) => {
  fs.writeFileSync(path.join(to, 'preview.webm'), 'film');
  fs.mkdirSync(path.join(to, 'rig', 'eyes'), { recursive: true });
  fs.writeFileSync(path.join(to, 'rig', 'eyes', 'left.webp'), 'eye');
};
const listing = () => fs.readdirSync(folder, { recursive: true }).map(String);

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-portraits-'));
  nowMs = 1_000_000_000_000;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('keeping portraits', () => {
  it('gives each an id that cannot be guessed, and its owner a secret that is not stored', async () => {
    const [one, two] = [await store().create('Ann', fill), await store().create('Ann', fill)];
    expect(PortraitId.safeParse(one.meta.id).success).toBe(true);
    expect(one.meta.id).not.toBe(two.meta.id);
    expect(one.ownerSecret).not.toBe(two.ownerSecret);
    const kept = fs.readFileSync(path.join(folder, one.meta.id, 'meta.json'), 'utf8');
    expect(kept).not.toContain(one.ownerSecret);
    expect(await store().find(one.meta.id)).toMatchObject({ name: 'Ann' });
    expect(await textOf(await store().file(one.meta, 'preview.webm'))).toBe('film');
    expect(await textOf(await store().file(one.meta, 'rig/eyes/left.webp'))).toBe('eye');
  });

  it('shows nothing of one that is not whole, and leaves nothing of one that failed', async () => {
    const failing = store().create('Ann', async to => {
      await fill(to);
      expect(await store().find(path.basename(to))).toBeUndefined();
      throw new Error('no face');
    });
    await expect(failing).rejects.toThrow('no face');
    expect(listing()).toEqual([]);
  });

  it('removes one only for its owner', async () => {
    const { meta, ownerSecret } = await store().create('Ann', fill);
    expect(await store().remove(meta.id, '')).toBe('forbidden');
    expect(await store().remove(meta.id, `${ownerSecret}x`)).toBe('forbidden');
    expect(await store().remove('p-AAAAAAAAAAAAAAAAAAAAAA', ownerSecret)).toBe('not-found');
    expect(await store().remove(meta.id, ownerSecret)).toBe('removed');
    expect(listing()).toEqual([]);
    expect(await store().remove(meta.id, ownerSecret)).toBe('not-found');
  });

  it('[S1] keeps places for others: nobody has more than one may, by person or by address', async () => {
    const shared = store({ maxCount: 100, maxPerMaker: 2 });
    const { meta, ownerSecret } = await shared.create('1', fill, ['home', 'ann']);
    const both = await Promise.allSettled([shared.create('2', fill, ['home']), shared.create('3', fill, ['home'])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(shared.create('4', fill, ['cafe', 'home'])).rejects.toMatchObject({ code: 'portraits-full' });
    await shared.create('5', fill, ['cafe', 'ann']);
    await expect(shared.create('6', fill, ['train', 'ann'])).rejects.toMatchObject({ code: 'portraits-full' });
    await shared.remove(meta.id, ownerSecret);
    await shared.create('7', fill, ['home', 'ann']);
  });

  it('keeps no more than it may, those being made included', async () => {
    const full = store();
    await full.create('1', fill);
    await full.create('2', async to => {
      await fill(to);
      await full.create('3', fill);
      await expect(full.create('4', fill)).rejects.toMatchObject({ code: 'portraits-full' });
    });
    await expect(full.create('4', fill)).rejects.toMatchObject({ code: 'portraits-full' });
  });

  it('forgets one when its days are over, and makes room with it', async () => {
    const small = store({ maxCount: 1 });
    const { meta } = await small.create('old', fill);
    expect(small.expiresAtMs(meta)).toBe(nowMs + 30 * DAY_MS);
    nowMs += 30 * DAY_MS;
    expect(await small.find(meta.id)).toBeUndefined();
    await small.create('new', fill);
    expect(fs.existsSync(path.join(folder, meta.id))).toBe(false);
    expect(store({ maxAgeDays: 0 }).expiresAtMs(meta)).toBeUndefined();
  });

  it('tidies up what a killed server has left half made, and nothing else', async () => {
    const { meta } = await store().create('Ann', fill);
    fs.mkdirSync(path.join(folder, '.new-p-half'));
    fs.writeFileSync(path.join(folder, '.new-p-half', 'rig.json'), '{');
    fs.writeFileSync(path.join(folder, 'README'), 'mine');
    const half = `p-${'h'.repeat(22)}`;
    fs.mkdirSync(path.join(folder, half));
    fs.writeFileSync(path.join(folder, half, 'preview.webm'), 'film');
    await store().sweep();
    expect(fs.readdirSync(folder).sort()).toEqual(['README', meta.id].sort());
  });

  it.each([
    '..',
    '../secret',
    'p-../../../../../../etc',
    '/etc',
    '',
    'p-',
    `p-${'a'.repeat(21)}/`,
    'p-\0',
  ])('finds nothing under %j', async id => {
    fs.writeFileSync(path.join(folder, 'meta.json'), '{}');
    expect(await store().find(id)).toBeUndefined();
    expect(await store().remove(id, 'x')).toBe('not-found');
  });
});
