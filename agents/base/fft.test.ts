import { describe, expect, it } from 'vitest';
import { Fft, RealFft } from './fft.ts';

const noise = (length: number) => Float64Array.from({ length }, (_, i) => Math.sin(i * i * 0.7) + Math.cos(3 * i));

function slow(signal: Float64Array): { re: number[]; im: number[] } {
  const sum = (k: number, wave: (angle: number) => number) =>
    signal.reduce((total, x, n) => total + x * wave((-2 * Math.PI * k * n) / signal.length), 0);
  const bins = Array.from(signal.keys());
  return { re: bins.map(k => sum(k, Math.cos)), im: bins.map(k => sum(k, Math.sin)) };
}

const worst = (a: Float64Array, b: ArrayLike<number>) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('transforms', () => {
  it.each([2, 3, 4, 5, 8, 30, 75, 600])('of %i are what the definition says', length => {
    const re = noise(length);
    const im = new Float64Array(length);
    const expected = slow(re);
    new Fft(length).transform(re, im);
    expect(worst(re, expected.re)).toBeLessThan(1e-9);
    expect(worst(im, expected.im)).toBeLessThan(1e-9);
  });

  it('of real signals are the lower half of it, and lead back', () => {
    const signal = noise(1200);
    const fft = new RealFft(1200);
    const re = new Float64Array(fft.bins);
    const im = new Float64Array(fft.bins);
    fft.forward(signal, re, im);
    const expected = slow(signal);
    expect(worst(re, expected.re)).toBeLessThan(1e-8);
    expect(worst(im, expected.im)).toBeLessThan(1e-8);
    const back = new Float64Array(1200);
    fft.inverse(re, im, back);
    expect(worst(back, signal)).toBeLessThan(1e-10);
  });

  it('are not made of other factors', () => {
    expect(() => new Fft(14)).toThrow(RangeError);
  });
});
