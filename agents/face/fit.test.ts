import { describe, expect, it } from 'vitest';
import { halfSize } from './fit.ts';

describe('small pictures', () => {
  it.each([
    [512, 512, 256, 256],
    [1280, 720, 512, 288],
    [720, 1280, 288, 512],
    [640, 480, 320, 240],
    [1024, 576, 512, 288],
  ])('of %i x %i are about half as wide and high, and of the same shape', (width, height, w, h) => {
    expect(halfSize({ width, height })).toEqual({ width: w, height: h });
  });

  it('can be drawn whatever the size: multiples of 16, nearly of the same shape at least', () => {
    for (let width = 128; width <= 1920; width += 80)
      for (let height = 128; height <= 1920; height += 112) {
        const small = halfSize({ width, height });
        expect([small.width % 16, small.height % 16]).toEqual([0, 0]);
        expect(Math.abs(small.width / small.height / (width / height) - 1)).toBeLessThan(0.25);
      }
  });
});
