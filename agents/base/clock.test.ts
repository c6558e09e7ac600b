import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { steadyUnixMs } from './clock.ts';

afterEach(() => void vi.useRealTimers());

describe('the steady clock', () => {
  it('does not jump when the system clock is set', () => {
    const beforeMs = steadyUnixMs();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3600_000 });
    const passedMs = steadyUnixMs() - beforeMs;
    expect(passedMs).toBeGreaterThanOrEqual(0);
    expect(passedMs).toBeLessThan(60_000);
  });

  it('says the same in every thread of the process, also in one that begins after the clock was set', async () => {
    const wrong = 'Date.now = () => 0;';
    const ask = `import(${JSON.stringify(import.meta.resolve('./clock.ts'))}).then(({ steadyUnixMs }) =>
      require('node:worker_threads').parentPort.postMessage(steadyUnixMs()))`;
    const beforeMs = steadyUnixMs();
    const thread = new Worker(wrong + ask, { eval: true });
    const [threadMs] = (await once(thread, 'message')) as [number];
    expect(threadMs).toBeGreaterThan(beforeMs);
    expect(threadMs).toBeLessThan(steadyUnixMs());
    await thread.terminate();
  });
});
