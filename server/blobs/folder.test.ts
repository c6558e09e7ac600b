import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobsConformance } from './conformance.ts';
import { FolderBlobs } from './folder.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-blobs-'));
  folder = path.join(parent, 'blobs');
});
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }));

describe('a folder', () => {
  blobsConformance(() => new FolderBlobs(folder));

  it('is made when it is needed, for nobody else to read', async () => {
    const blobs = new FolderBlobs(folder);
    expect([await blobs.list(), await blobs.get('a'), fs.existsSync(folder)]).toEqual([[], undefined, false]);
    await blobs.put('a/b', Buffer.from('x'));
    const modes = ['', 'a', 'a/b'].map(name => fs.statSync(path.join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it('is rid of what was cut off in an earlier run, once it is tidied', async () => {
    fs.mkdirSync(path.join(folder, '.blob-cut-off'), { recursive: true });
    fs.writeFileSync(path.join(folder, '.blob-cut-off', 'voice'), 'x');
    fs.writeFileSync(path.join(folder, '.theirs'), 'x');
    const blobs = new FolderBlobs(folder);
    expect(await blobs.list()).toEqual([]);
    await blobs.tidy();
    expect(fs.readdirSync(folder)).toEqual(['.theirs']);
  });

  it('tells which file a blob is', async () => {
    const blobs = new FolderBlobs(folder);
    await blobs.put('a/b', Buffer.from('x'));
    expect((await blobs.get('a/b'))?.file).toBe(path.join(folder, 'a', 'b'));
  });
});
