import { describe, expect, it } from 'vitest';
import { arrange, type Box, fitGrid, layerFor } from './layout.ts';

const stages = [
  ['a desktop', { width: 1030, height: 770 }],
  ['a phone', { width: 370, height: 380 }],
  ['a phone held sideways', { width: 490, height: 300 }],
  ['a very wide window', { width: 2200, height: 600 }],
] as const;
const counts = [1, 2, 3, 5, 9, 16, 30];

const overlap = (a: Box, b: Box) =>
  a.x + 0.01 < b.x + b.width &&
  b.x + 0.01 < a.x + a.width &&
  a.y + 0.01 < b.y + b.height &&
  b.y + 0.01 < a.y + a.height;

const area = ({ width, height }: Box) => width * height;

function expectTidy(stage: { width: number; height: number }, boxes: Box[]) {
  for (const [index, box] of boxes.entries()) {
    expect(box.width).toBeGreaterThan(8);
    expect(box.x).toBeGreaterThanOrEqual(-0.01);
    expect(box.y).toBeGreaterThanOrEqual(-0.01);
    expect(box.x + box.width).toBeLessThanOrEqual(stage.width + 0.01);
    expect(box.y + box.height).toBeLessThanOrEqual(stage.height + 0.01);
    for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
  }
}

describe.each(stages)('on %s', (_, stage) => {
  it.each(counts)('the avatar and %i others fit, and the avatar is by far the largest', count => {
    const { lead, rest } = arrange(stage, true, count);
    expect(rest).toHaveLength(count);
    expectTidy(stage, [lead!, ...rest]);
    expect(area(lead!)).toBeGreaterThan(1.5 * Math.max(...rest.map(area)));
    expect(area(lead!)).toBeGreaterThan(0.45 * stage.width * stage.height);
  });

  it.each(counts)('%i people without an avatar share the stage', count => {
    const { lead, rest } = arrange(stage, false, count);
    expect(lead).toBeUndefined();
    expect(rest).toHaveLength(count);
    expectTidy(stage, rest);
  });
});

it('gives the avatar everything while one is alone with it', () => {
  expect(arrange({ width: 800, height: 600 }, true, 0)).toEqual({
    lead: { x: 0, y: 0, width: 800, height: 600 },
    rest: [],
  });
});

it('puts people beside the avatar where it is wide, below it where it is high', () => {
  const wide = arrange({ width: 1400, height: 700 }, true, 3);
  expect(Math.min(...wide.rest.map(({ x }) => x))).toBeGreaterThanOrEqual(wide.lead!.width);
  const high = arrange({ width: 400, height: 700 }, true, 3);
  expect(Math.min(...high.rest.map(({ y }) => y))).toBeGreaterThanOrEqual(high.lead!.height);
});

it('centres a last row that is not full', () => {
  const [first, , third] = fitGrid(3, { x: 0, y: 0, width: 810, height: 610 });
  expect(third!.x + third!.width / 2).toBeCloseTo(405);
  expect(third!.y).toBeGreaterThan(first!.y);
});

it('draws nothing on a stage that has no size yet', () => {
  expect(fitGrid(3, { x: 0, y: 0, width: 0, height: 0 })).toEqual([]);
});

it.each([
  [120, 1, 0],
  [120, 3, 1],
  [240, 1, 0],
  [500, 1, 1],
  [900, 1, 2],
])('a tile %i wide on a screen of density %i gets layer %i', (width, density, layer) => {
  expect(layerFor(width, density)).toBe(layer);
});
