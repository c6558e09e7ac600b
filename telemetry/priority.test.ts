import fs from 'node:fs';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { placeProcess } from './priority.ts';

const isLinux = process.platform === 'linux';

it.runIf(isLinux)(
  'a thread is put before others alone, and what may not be allowed fails without an error',
  async () => {
    const before = os.getPriority();
    const source = `
    import { parentPort } from 'node:worker_threads';
    import fs from 'node:fs';
    import { placeThread } from '${import.meta.dirname}/priority.ts';
    const allowed = placeThread(${before + 3});
    const nice = fs.readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16];
    parentPort.postMessage({ allowed, nice: Number(nice) });
  `;
    const worker = new Worker(source, { eval: true });
    const told = await new Promise(resolve => worker.once('message', resolve));
    await worker.terminate();
    expect(told).toEqual({ allowed: true, nice: before + 3 });
    expect(os.getPriority()).toBe(before);
    expect(placeProcess(2 ** 30, 0)).toBe(false);
    expect(fs.existsSync(`/proc/${process.pid}`)).toBe(true);
  },
);
