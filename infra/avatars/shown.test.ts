import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Avatars } from '../../agents/avatars.ts';
import { FolderBlobs } from '../../server/blobs/folder.ts';
import { SHIPPED, Showcase } from '../../server/portraits/showcase.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-shown-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('the avatars that are shipped', () => {
  const shipped = new Avatars({ avatars: 'avatars', portraits: folder }).list();

  it.each(shipped)('$id can be seen before anything is rendered', async avatar => {
    const run = () => expect.unreachable();
    const blob = await new Showcase(new FolderBlobs(folder), folder, { run }).file(avatar, 'thumbnail.webp');
    const name = `${avatar.id}-${avatar.version}`;
    const advice = `its rig has changed: copy data/showcase/${name}/thumbnail.webp to ${SHIPPED}/${name}.webp`;
    expect(blob?.size, advice).toBeGreaterThan(1000);
  });

  it('have no pictures of rigs that are no more', () => {
    const names = shipped.map(({ id, version }) => `${id}-${version}.webp`);
    expect(fs.readdirSync(SHIPPED).toSorted()).toEqual(names.toSorted());
  });
});
