import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silenceOf } from './main-thread.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => vi.useRealTimers());

/** A main thread's line, after so many ticks of the processor. */
const stat = (state: string, user: number, system = 0) =>
  `42 (node (x) y) ${state} 1 42 42 0 -1 4194304 9 0 0 0 ${user} ${system} 0 0 20 0 11 0 100`;

it.each([
  ['runs in a circle on a free processor', 'R', 25, 250],
  ['runs, and gets a tenth of a processor', 'R', 3, 30],
  ['waits for a processor', 'R', 0, 0],
  ['is stopped', 'T', 0, 250],
  ['waits for something that does not come', 'S', 0, 250],
])('the silence of a thread that %s', (_, state, ticks, ownMs) => {
  let line = stat(state, 100);
  const own = silenceOf(42, () => line);
  expect(own()).toBe(0);
  vi.advanceTimersByTime(250);
  line = stat(state, 100, ticks);
  expect(own()).toBe(ownMs);
});

it('is not known where the system does not tell', () => {
  expect(
    silenceOf(42, () => {
      throw new Error('no such file');
    })(),
  ).toBeUndefined();
});
