import { expect, it } from 'vitest';
import { innerLower, innerUpper, LOWER_LIP, POINTS, UPPER_LIP } from './face-points.ts';
import { JAW } from './jaw.ts';
import { RINGS, roundedLips } from './rounded-lips.ts';

const WIDTH = 100;

/** Closed lips from 0 to 100 whose corners smile, everything else far away; a jaw that opens crookedly. */
function mouth() {
  const vertices = new Float64Array(POINTS * 2).fill(1000);
  for (const [side, lip] of [
    [-1, UPPER_LIP],
    [1, LOWER_LIP],
  ] as const)
    for (const [r, row] of lip.entries())
      for (const [i, n] of row.entries()) {
        vertices[n * 2] = i * 10;
        vertices[n * 2 + 1] = 200 - 8 * ((i - 5) / 5) ** 2 + side * (3 - r) * 3;
      }
  const jaw = new Float64Array(POINTS * 2);
  for (const row of LOWER_LIP) for (const [i, n] of row.slice(1, -1).entries()) jaw[n * 2 + 1] = 30 + i;
  return { vertices, jaw };
}

it.each(['O', 'U'] as const)('with the jaw that goes with %s the lips are an ellipse, whatever mouth it is', viseme => {
  const { vertices, jaw } = mouth();
  const by = roundedLips(viseme, vertices, jaw, WIDTH);
  const to = (n: number, c: 0 | 1) => vertices[n * 2 + c]! + JAW[viseme] * jaw[n * 2 + c]! + by[n * 2 + c]!;
  const { width, height } = RINGS[viseme]!;
  const [left, right] = [innerUpper[0], innerUpper[10]];
  expect(to(right, 0) - to(left, 0)).toBeCloseTo(width * WIDTH);
  expect(to(innerLower[5], 1) - to(innerUpper[5], 1)).toBeCloseTo(height * WIDTH);
  for (const edge of [innerUpper, innerLower]) {
    const reach = to(edge[5], 1) - to(left, 1);
    for (const n of edge) {
      const across = (2 * (to(n, 0) - to(left, 0))) / (width * WIDTH) - 1;
      expect(across ** 2 + ((to(n, 1) - to(left, 1)) / reach) ** 2).toBeCloseTo(1);
    }
  }
  // The skin far away stays.
  expect(Math.hypot(by[2]!, by[3]!)).toBeLessThan(0.01);
});
