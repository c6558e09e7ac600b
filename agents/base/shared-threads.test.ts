import { afterEach, describe, expect, it, vi } from 'vitest';
import { PULSE, SharedThreads } from './shared-threads.ts';

/** Answers that it lives, and hangs when it is told to. */
const PROGRAM = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', said => {
      if (said === '${PULSE}') parentPort.postMessage(said);
      else if (said.message === 'hang') for (;;);
      else parentPort.postMessage({ place: said.place, message: { type: 'echo' } });
    });
  `)}`,
);
let threads: SharedThreads<string, { type: 'echo' }>;
afterEach(() => threads.close());

describe('a thread that is watched', () => {
  it('is given up when it hangs: all who are on it are told, and another takes the next', async () => {
    threads = new SharedThreads({ url: PROGRAM, name: 'test', most: 1, watched: true });
    const lost: string[] = [];
    const echoes: number[] = [];
    const open = (number: number) =>
      threads.open({ message: () => echoes.push(number), lost: reason => lost.push(`${number} ${reason}`) });
    const [one, two] = [open(1), open(2)];
    two.tell('hello');
    await vi.waitUntil(() => echoes.length === 1, { timeout: 30_000 });
    one.tell('hang');
    await vi.waitUntil(() => lost.length === 2, { timeout: 30_000 });
    expect(lost).toEqual(['1 hung', '2 hung']);
    open(3).tell('hello');
    await vi.waitUntil(() => echoes.includes(3), { timeout: 30_000 });
  });
});
