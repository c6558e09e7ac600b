import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

/** Pictures at a rate for so long; whether it was too slow at any of them. */
function run(pace: Pace, perSecond: number, seconds: number, fromMs = 0): boolean {
  let slow = false;
  for (let i = 0; i <= perSecond * seconds; i++) slow = pace.made(fromMs + (i * 1000) / perSecond) || slow;
  return slow;
}

it('a computer that makes fewer than twelve pictures a second is too slow, once that has lasted', () => {
  expect(run(new Pace(), 11, 5)).toBe(false);
  expect(run(new Pace(), 11, 10)).toBe(true);
  expect(run(new Pace(), 13, 60)).toBe(false);
});

it('what takes long at first, or while nobody looks, says nothing', () => {
  const pace = new Pace();
  pace.made(0);
  expect(run(pace, 24, 20, 3500)).toBe(false);
  pace.restart();
  expect(run(pace, 24, 20, 90_000)).toBe(false);
});
