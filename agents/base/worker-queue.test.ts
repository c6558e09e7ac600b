import { afterEach, describe, expect, it } from 'vitest';
import { WorkerQueue } from './worker-queue.ts';

/** Answers with what it was asked; fails at "fail", refuses "no". */
const ECHO = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, request }) => {
    if (request === 'fail') throw new Error('it failed');
    parentPort.postMessage(request === 'no' ? { id, error: 'not that' } : { id, answer: request });
  });`)}`,
);

const never = () => new AbortController().signal;
let lost = 0;
let queue: WorkerQueue<string, string>;
afterEach(() => queue.close());

function open(): void {
  lost = 0;
  queue = new WorkerQueue(ECHO, {
    name: 'echo',
    hungMs: 30_000,
    lost: () => {
      lost += 1;
    },
  });
}

describe('a thread that does one thing at a time', () => {
  it('does them in the order in which they came', async () => {
    open();
    const order: string[] = [];
    const ask = (request: string) => queue.run(request, { signal: never() }).then(answer => order.push(answer));
    await Promise.all(['a', 'b', 'c'].map(ask));
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('does first what is due soonest', async () => {
    open();
    const order: string[] = [];
    const nowMs = performance.now();
    const ask = (request: string, dueMs?: number) =>
      queue.run(request, { signal: never(), ...(dueMs !== undefined && { dueMs }) }).then(answer => order.push(answer));
    await Promise.all([ask('begun'), ask('later', nowMs + 60_000), ask('sooner', nowMs + 30_000), ask('now')]);
    expect(order).toEqual(['begun', 'now', 'sooner', 'later']);
  });

  it('lets go of what is called off while it waits', async () => {
    open();
    const controller = new AbortController();
    const first = queue.run('a', { signal: never() });
    const second = queue.run('b', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    expect(queue.waiting).toBe(1);
    expect(await first).toBe('a');
  });

  it('refuses one thing, and fails with another, without losing those that wait', async () => {
    open();
    const [refused, failed, fine] = ['no', 'fail', 'a'].map(request => queue.run(request, { signal: never() }));
    await expect(refused).rejects.toMatchObject({ category: 'bad-input', retryable: false });
    await expect(failed).rejects.toMatchObject({ category: 'internal', retryable: true });
    expect(await fine).toBe('a');
    expect(lost).toBe(1);
  });

  it('[C1] rejects what waits when it is closed', async () => {
    open();
    const waiting = queue.run('a', { signal: never() });
    await Promise.all([expect(waiting).rejects.toThrow('closed'), queue.close()]);
    await expect(queue.run('b', { signal: never() })).rejects.toThrow('closed');
  });
});
