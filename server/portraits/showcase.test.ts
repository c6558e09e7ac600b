import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortraitError } from '../../protocol/portraits.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import { textOf } from '../blobs/port.ts';
import { Showcase } from './showcase.ts';
import type { PortraitJob } from './worker.ts';

const ollie = (version = 'aaaaaaaa') => ({ id: 'ollie', name: 'Ollie', version });
let folder: string;
let jobs: PortraitJob[];
let fails: boolean;
const showcase = () =>
  new Showcase(new FolderBlobs(folder), folder, {
    run: async job => {
      jobs.push(job);
      if (job.type === 'present')
        for (const file of ['preview.webm', 'thumbnail.webp']) fs.writeFileSync(path.join(job.folder, file), file);
      if (fails) throw new PortraitError('worker-failed', 'no such rig');
      return { type: 'done', id: 1, words: false, times: {} };
    },
  });

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-showcase-'));
  jobs = [];
  fails = false;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('showing shipped avatars', () => {
  it('renders each once, for all who look at the same time and after a restart', async () => {
    const one = showcase();
    const looks = await Promise.all([one.file(ollie(), 'preview.webm'), one.file(ollie(), 'thumbnail.webp')]);
    expect(await Promise.all(looks.map(look => textOf(look)))).toEqual(['preview.webm', 'thumbnail.webp']);
    await showcase().file(ollie(), 'preview.webm');
    expect(jobs).toHaveLength(1);
  });

  it('renders it again when its rig has changed, and forgets how it looked', async () => {
    await showcase().file({ ...ollie(), id: 'ollie-twin' }, 'preview.webm');
    await showcase().file(ollie(), 'preview.webm');
    await showcase().file(ollie('bbbbbbbb'), 'preview.webm');
    expect(fs.readdirSync(folder).sort()).toEqual(['ollie-bbbbbbbb', 'ollie-twin-aaaaaaaa']);
  });

  it('keeps nothing of one that failed, and does not try again at every look', async () => {
    fails = true;
    const one = showcase();
    for (let n = 0; n < 3; n++) await expect(one.file(ollie(), 'preview.webm')).rejects.toThrow('no such rig');
    expect(jobs).toHaveLength(1);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
