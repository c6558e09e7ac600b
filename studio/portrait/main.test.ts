import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FromPortraitWorker, type ToPortraitWorker } from '../../protocol/portraits.ts';

let folder: string;
let child: ChildProcess;
const start = (section: object) => {
  const file = path.join(folder, 'config.yaml');
  fs.writeFileSync(file, JSON.stringify({ agent: section }));
  child = fork(path.join(import.meta.dirname, 'main.ts'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, VISAVIS_CONFIG: file },
  });
};
const ask = async (job: ToPortraitWorker): Promise<FromPortraitWorker> => {
  child.send(job);
  const [answer] = await once(child, 'message');
  return FromPortraitWorker.parse(answer);
};

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-worker-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the portrait worker as a process', () => {
  it('warms, shows a shipped avatar, and tells what is wrong with a picture', async () => {
    start({});
    expect(await ask({ type: 'warm', id: 1 })).toMatchObject({ type: 'done', id: 1, words: false });
    expect(await ask({ type: 'present', id: 2, avatar: 'ollie', folder })).toMatchObject({ type: 'done', id: 2 });
    for (const [file, magic] of [
      ['thumbnail.webp', 'RIFF'],
      ['preview.webm', '\x1a\x45\xdf\xa3'],
    ] as const)
      expect(fs.readFileSync(path.join(folder, file), 'latin1').startsWith(magic), file).toBe(true);
    expect(await ask({ type: 'make', id: 3, picture: Buffer.from('text'), folder, name: 'Ann' })).toMatchObject({
      type: 'failed',
      id: 3,
      fault: false,
      error: { code: 'not-an-image' },
    });
    expect(await ask({ type: 'present', id: 4, avatar: 'nobody', folder })).toMatchObject({
      type: 'failed',
      id: 4,
      fault: true,
    });
    expect(await ask({ type: 'imagine', id: 5, words: { prompt: 'a face' } })).toMatchObject({
      error: { code: 'images-off' },
    });
  });

  it('ends when its parent is gone', async () => {
    start({});
    await ask({ type: 'imagine', id: 1, words: { prompt: 'a face' } });
    const gone = once(child, 'exit');
    child.disconnect();
    expect((await gone)[0]).toBe(0);
  });

  it('says which setting is wrong, and does not come up', async () => {
    start({ images: { provider: 'crayons' } });
    const said: Buffer[] = [];
    child.stderr!.on('data', data => said.push(data));
    const [status] = await once(child, 'close');
    expect(status).toBe(78);
    expect(Buffer.concat(said).toString()).toContain('agent.images.provider');
  });
});
