import { describe, expect, it } from 'vitest';
import { Power } from './power.ts';

/** By the definition, one frequency at a time. */
const slow = (signal: readonly number[]) =>
  Array.from({ length: signal.length / 2 + 1 }, (_, k) => {
    const at = (trig: (x: number) => number) =>
      signal.reduce((sum, x, i) => sum + x * trig((2 * Math.PI * k * i) / signal.length), 0);
    return at(Math.cos) ** 2 + at(Math.sin) ** 2;
  });

describe('the power spectrum', () => {
  it.each([4, 8, 30, 400, 512, 1200])('of %i samples is what the definition says', size => {
    const signal = Array.from({ length: size }, (_, i) => Math.sin(i * i * 0.37) + Math.cos(i * 0.2));
    const power = new Float32Array(size / 2 + 1);
    new Power(size).of([9, ...signal], 1, new Float32Array(size).fill(1), power);
    for (const [k, expected] of slow(signal).entries())
      expect(power[k]! / (expected + 1)).toBeCloseTo(expected / (expected + 1), 4);
  });

  it('does no lengths with other factors', () => expect(() => new Power(14)).toThrow(RangeError));
});
