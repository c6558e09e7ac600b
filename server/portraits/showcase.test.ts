import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortraitError } from '../../protocol/portraits.ts';
import { Showcase } from './showcase.ts';
import type { PortraitJob } from './worker.ts';

const ollie = (version = 'aaaaaaaa') => ({ id: 'ollie', name: 'Ollie', version });
let folder: string;
let jobs: PortraitJob[];
let fails: boolean;
const showcase = () =>
  new Showcase(folder, {
    run: async job => {
      jobs.push(job);
      if (job.type === 'present') fs.writeFileSync(path.join(job.folder, 'preview.webm'), 'film');
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
    const folders = await Promise.all([one.folderOf(ollie()), one.folderOf(ollie())]);
    expect(folders[0]).toBe(folders[1]);
    expect(fs.readdirSync(folders[0]!)).toEqual(['preview.webm']);
    await showcase().folderOf(ollie());
    expect(jobs).toHaveLength(1);
  });

  it('renders it again when its rig has changed, and forgets how it looked', async () => {
    await showcase().folderOf({ ...ollie(), id: 'ollie-twin' });
    await showcase().folderOf(ollie());
    await showcase().folderOf(ollie('bbbbbbbb'));
    expect(fs.readdirSync(folder).sort()).toEqual(['ollie-bbbbbbbb', 'ollie-twin-aaaaaaaa']);
  });

  it('keeps nothing of one that failed, and does not try again at every look', async () => {
    fails = true;
    const one = showcase();
    for (let n = 0; n < 3; n++) await expect(one.folderOf(ollie())).rejects.toThrow('no such rig');
    expect(jobs).toHaveLength(1);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
