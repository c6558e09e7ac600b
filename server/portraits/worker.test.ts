import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../testing/fakes.ts';
import { done, FakePortraitProcess, failed } from '../testing/portrait-process.ts';
import { type PortraitJob, PortraitWorker } from './worker.ts';

let worker: PortraitWorker;
beforeEach(() => {
  vi.useFakeTimers();
  FakePortraitProcess.reset();
  worker = new PortraitWorker({ log: silentLog, dataDir: '/nowhere', start: FakePortraitProcess.start });
});
afterEach(async () => {
  await worker.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const silence = () => {
  FakePortraitProcess.script = () => undefined;
};
const processes = () => FakePortraitProcess.all;
const make = (): PortraitJob => ({ type: 'make', picture: Buffer.from('x'), folder: '/nowhere', name: 'Ann' });
const WARM = { type: 'warm' } as const;
/** Its outcome, looked at later. */
const outcome = (job: Promise<unknown>) => job.then(() => 'done').catch((error: { code?: string }) => error.code);

describe('the portrait worker', () => {
  it('is started by the first job, and only once', async () => {
    expect(processes()).toHaveLength(0);
    await worker.run(WARM);
    await worker.run(WARM);
    expect(processes()).toHaveLength(1);
  });

  it('is ended when nobody wants it for five minutes, and started again by the next job', async () => {
    await worker.run(WARM);
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(processes()[0]!.signals).toEqual([]);
    await worker.run(WARM);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(processes()[0]!.signals).toEqual(['SIGTERM']);
    await worker.run(WARM);
    expect(processes()).toHaveLength(2);
  });

  it('draws one picture at a time, in order, while four may be imagined beside it', () => {
    silence();
    for (let n = 0; n < 3; n++) void outcome(worker.run(make()));
    for (let n = 0; n < 6; n++) void outcome(worker.run({ type: 'imagine', words: { prompt: 'a face' } }));
    const [process] = processes();
    expect(worker.depth).toBe(9);
    expect(process!.jobs.map(({ type }) => type)).toEqual(['make', 'imagine', 'imagine', 'imagine', 'imagine']);
    process!.answer(failed(process!.jobs[0]!, 'no-face'));
    expect(process!.jobs.filter(({ type }) => type === 'make')).toHaveLength(2);
    expect(worker.depth).toBe(8);
  });

  it('refuses what would wait too long [C2]', async () => {
    silence();
    const running = Array.from({ length: 9 }, () => outcome(worker.run(make())));
    expect(worker.full('draw')).toBe(true);
    expect(worker.full('imagine')).toBe(false);
    expect(await outcome(worker.run(make()))).toBe('busy');
    await worker.close();
    expect(await Promise.all(running)).toEqual(Array(9).fill('worker-failed'));
  });

  it('that dies loses the job it was at, and no other', async () => {
    silence();
    const first = outcome(worker.run(make()));
    const second = outcome(worker.run(WARM));
    FakePortraitProcess.script = job => done({ ...job, type: 'warm' });
    processes()[0]!.crash();
    expect(await first).toBe('worker-failed');
    expect(await second).toBe('done');
    expect(processes()).toHaveLength(2);
  });

  it('that hangs is ended at its deadline, and the next one works', async () => {
    silence();
    const stuck = outcome(worker.run(make()));
    await vi.advanceTimersByTimeAsync(59_999);
    expect(processes()[0]!.signals).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(processes()[0]!.signals).toEqual(['SIGKILL']);
    expect(await stuck).toBe('worker-failed');
    FakePortraitProcess.script = job => done({ ...job, type: 'warm' });
    expect(await outcome(worker.run(WARM))).toBe('done');
  });

  it('passes on what is wrong with a picture, but not the insides of a failure', async () => {
    FakePortraitProcess.script = job => failed(job, 'no-face');
    await expect(worker.run(make())).rejects.toMatchObject({ code: 'no-face', message: 'as the test says' });
    FakePortraitProcess.script = job => failed(job, 'worker-failed', true);
    await expect(worker.run(make())).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.not.stringContaining('as the test says'),
      retryable: true,
    });
  });

  it('that talks nonsense is ended, and its jobs fail as usual', async () => {
    silence();
    const jobs = [outcome(worker.run(make())), outcome(worker.run({ type: 'imagine', words: { prompt: 'a face' } }))];
    for (const nonsense of [{ type: 'done', id: 'x' }, undefined, 'hello']) processes()[0]!.emit('message', nonsense);
    expect(processes()[0]!.signals).toContain('SIGKILL');
    expect(await Promise.all(jobs)).toEqual(['worker-failed', 'worker-failed']);
    FakePortraitProcess.script = job => done({ ...job, type: 'warm' });
    expect(await outcome(worker.run(WARM))).toBe('done');
    expect(processes()).toHaveLength(2);
  });

  it('that cannot be started fails the job at hand, and is tried again with the next', async () => {
    let full = true;
    const start = () => {
      if (full) throw new Error('ENOSPC');
      return FakePortraitProcess.start();
    };
    const unlucky = new PortraitWorker({ log: silentLog, dataDir: '/nowhere', start });
    const all = [make(), make(), WARM].map(job => outcome(unlucky.run(job)));
    expect(await Promise.all(all)).toEqual(Array(3).fill('worker-failed'));
    full = false;
    expect(await outcome(unlucky.run(WARM))).toBe('done');
    await unlucky.close();
  });

  it('is warmed once for all who ask, and nobody loses a place by that', async () => {
    silence();
    const drawing = outcome(worker.run(make()));
    const warm = Array.from({ length: 50 }, () => outcome(worker.run(WARM)));
    const waiting = Array.from({ length: 7 }, () => outcome(worker.run(make())));
    expect(worker.full('draw')).toBe(false);
    waiting.push(outcome(worker.run(make())));
    expect(worker.full('draw')).toBe(true);
    const [process] = processes();
    FakePortraitProcess.script = job => done({ ...job, type: 'warm' });
    process!.answer(done({ ...process!.jobs[0]!, type: 'warm' }));
    expect(await Promise.all([drawing, ...warm, ...waiting])).toEqual(Array(59).fill('done'));
    expect(process!.jobs.filter(({ type }) => type === 'warm')).toHaveLength(1);
    expect(await outcome(worker.run(WARM))).toBe('done');
    expect(process!.jobs.filter(({ type }) => type === 'warm')).toHaveLength(2);
  });

  it('takes nothing any more once it is closed, twice if need be', async () => {
    await worker.run(WARM);
    await Promise.all([worker.close(), worker.close()]);
    expect(processes()[0]!.signals).toContain('SIGKILL');
    expect(await outcome(worker.run(WARM))).toBe('worker-failed');
  });
});
