import { expect, it } from 'vitest';
import type { Picture } from '../../agents/face/pictures.ts';
import { shutLids } from './lids.ts';
import { cutOut, type Polygon } from './paint.ts';

const SIDE = 200;
const SKIN = [200, 160, 140];
const LASH = [30, 20, 20];
const bow = (way: number): Polygon =>
  Array.from({ length: 9 }, (_, i) => ({ x: 50 + i * 12.5, y: 110 - way * 26 * (1 - ((i - 4) / 4) ** 2) }));

/** A face of one colour, lashes that stand on the upper lid, an eye that is cut out. */
function face(): { skin: Picture; upper: Polygon; outline: Polygon } {
  const [upper, lower] = [bow(1), bow(-0.6)];
  const outline = [...upper, ...lower.toReversed()];
  const data = new Float32Array(SIDE * SIDE * 4);
  for (let at = 0; at < data.length; at += 4) {
    const [x, y] = [(at / 4) % SIDE, Math.floor(at / 4 / SIDE)];
    const lash = x % 12 < 3 && y > 76 && y < 90 && x > 60 && x < 140;
    data.set([...(lash ? LASH : SKIN), 255], at);
  }
  return { skin: cutOut({ width: SIDE, height: SIDE, data }, outline), upper, outline };
}

it('lashes become a line along the lid’s edge, and what is above it clean skin; the eye stays cut out', () => {
  const { skin, upper, outline } = face();
  const { data } = shutLids(skin, [{ upper, outline }]);
  const at = (x: number, y: number) => [...data.subarray((y * SIDE + x) * 4, (y * SIDE + x) * 4 + 4)];
  for (let x = 70; x < 130; x++)
    for (const c of [0, 1, 2]) expect(at(x, 78)[c], `${x}`).toBeGreaterThan(SKIN[c]! * 0.8);
  // Just above the edge in the middle of the eye.
  expect(at(100, 82)[0]).toBeLessThan(130);
  expect(at(100, 105)[3]).toBe(0);
  expect(at(100, 20).slice(0, 3)).toEqual(SKIN);
  expect(at(100, 170).slice(0, 3)).toEqual(SKIN);
});
