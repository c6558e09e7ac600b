import { describe, expect, it } from 'vitest';
import { fromRgba } from './pictures.ts';
import { convert, newPlanes, type Planes } from './planes.ts';
import type { Pose } from './pose.ts';
import { Renderer } from './renderer.ts';
import type { Rig } from './rig-load.ts';

const SIZE = 64;

/** A picture of greys and alphas by place. */
function paint(width: number, height: number, at: (x: number, y: number) => [grey: number, alpha: number]): Planes {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [grey, alpha] = at(i % width, Math.floor(i / width));
    rgba.set([grey, grey, grey, alpha], i * 4);
  }
  const planes = newPlanes(width, height);
  convert(fromRgba(width, height, rgba).data, planes);
  return planes;
}

const luma = (grey: number) => 16 + (grey * 219) / 255;

/** A grey square (16..48) with a hole for an eye, on black; upper faces and mouths of plain greys. */
function rig(): Rig {
  const patch = (x: number, y: number, width: number, height: number) => ({
    rect: { x, y, width, height },
    feather: 1,
  });
  const hole = (x: number, y: number) => (x >= 8 && x < 16 && y >= 4 && y < 12 ? 0 : 255);
  const pictures = new Map([
    ['background', paint(SIZE, SIZE, () => [0, 255])],
    ['body', paint(SIZE, SIZE, (x, y) => [100, x >= 16 && x < 48 && y >= 16 && y < 48 ? 255 : 0])],
    ['open', paint(24, 16, (x, y) => [100, hole(x, y)])],
    ['shut', paint(24, 16, () => [150, 255])],
    ['a', paint(16, 8, () => [200, 255])],
    ['b', paint(16, 8, () => [40, 255])],
    ['sclera', paint(8, 8, () => [250, 255])],
    ['iris', paint(8, 8, (x, y) => [10, x >= 2 && x < 6 && y >= 2 && y < 6 ? 255 : 0])],
  ]);
  const corners = 5 * 5;
  const shapes = new Map([['shift', Float32Array.from({ length: corners * 2 }, (_, i) => (i % 2 ? 0 : 4))]]);
  const file = {
    width: SIZE,
    height: SIZE,
    background: 'background',
    body: 'body',
    upper: { ...patch(20, 16, 24, 16), textures: { open: 'open', shut: 'shut' } },
    mouth: { ...patch(24, 36, 16, 8), textures: { a: 'a', b: 'b' } },
    eyes: [
      {
        rect: { x: 28, y: 20, width: 8, height: 8 },
        sclera: 'sclera',
        sprites: [{ picture: 'iris', x: 28, y: 20, width: 8, height: 8, follow: 1 }],
      },
    ],
    blink: { chain: ['open', 'shut'], top: 2, bottom: 14 },
    mesh: { columns: 5, rows: 5, unit: 1, shapes: {} },
  };
  // The parts that only the actor reads are left out.
  return { file: file as unknown as Rig['file'], pictures, shapes };
}

const still: Pose = {
  upper: { open: 1 },
  closed: { shut: 1 },
  lids: 0,
  mouth: { a: 1 },
  gaze: { x: 0, y: 0 },
  bend: {},
  jaw: 0,
  shapes: {},
};

function shown(change: Partial<Pose>): (x: number, y: number) => number {
  const { data } = new Renderer(rig()).draw({ ...still, ...change });
  return (x, y) => data[y * SIZE + x]!;
}

describe('Renderer', () => {
  it('lays body, mouth and eye over the background', () => {
    const at = shown({});
    expect(at(4, 4)).toBe(16);
    expect(at(18, 46)).toBeCloseTo(luma(100), -0.5);
    expect(at(32, 40)).toBeCloseTo(luma(200), -0.5);
    expect(at(28, 20), 'sclera').toBeCloseTo(luma(250), -0.5);
    expect(at(32, 24), 'iris').toBeCloseTo(luma(10), -0.5);
  });

  it('mixes mouths in proportion', () => {
    expect(shown({ mouth: { a: 1, b: 1 } })(32, 40)).toBeCloseTo(luma(120), -0.5);
    // Small shares are lessened a little.
    expect(shown({ mouth: { a: 3, b: 1 } })(32, 40)).toBeCloseTo(luma(160), -0.9);
  });

  it('bends the skin around mixed mouths without a seam', () => {
    // Greys that rise to the right: moved aside at one row only, they would step there.
    const rect = { x: 12, y: 16, width: 40, height: 32 };
    const lips = {
      a: { left: { x: 10, y: 16 }, right: { x: 30, y: 16 }, upper: 16, lower: 18 },
      b: { left: { x: 17, y: 16 }, right: { x: 23, y: 16 }, upper: 16, lower: 18 },
    };
    const plain = rig();
    const skin = (grey: (x: number) => number) => paint(rect.width, rect.height, x => [grey(x), 255]);
    plain.pictures
      .set(
        'a',
        skin(x => 20 + 5 * x),
      )
      .set(
        'b',
        skin(() => 120),
      );
    const file = { ...plain.file, eyes: [], mouth: { ...plain.file.mouth, rect, lips } };
    const { data } = new Renderer({ ...plain, file }).draw({ ...still, mouth: { a: 1, b: 1 } });
    let worst = 0;
    for (let y = rect.y + 2; y < rect.y + rect.height - 3; y++)
      for (let x = rect.x + 2; x < rect.x + rect.width - 2; x++)
        worst = Math.max(worst, Math.abs(data[(y + 1) * SIZE + x]! - data[y * SIZE + x]!));
    expect(worst).toBeLessThan(4);
  });

  it('turns the iris with the gaze and never outside the sclera', () => {
    const at = shown({ gaze: { x: 4, y: 0 } });
    expect(at(30, 24)).toBeCloseTo(luma(250), -0.5);
    expect(at(35, 24)).toBeCloseTo(luma(10), -0.5);
    expect(at(36, 24), 'beside the hole').toBeCloseTo(luma(100), -0.5);
  });

  it('draws the lids down from above', () => {
    const at = shown({ lids: 0.5 });
    expect(at(24, 17)).toBeCloseTo(luma(150), -0.5);
    expect(at(24, 30)).toBeCloseTo(luma(100), -0.5);
    expect(shown({ lids: 1 })(32, 24)).toBeCloseTo(luma(150), -0.5);
  });

  it('moves by as much as a shape says, and shows the background where it was', () => {
    const at = shown({ shapes: { shift: 1 } });
    expect(at(18, 40), 'left behind').toBe(16);
    expect(at(50, 40), 'moved onto').toBeCloseTo(luma(100), -0.5);
    expect(at(36, 24), 'iris').toBeCloseTo(luma(10), -0.5);
  });

  it('draws the same whatever was drawn before', () => {
    const renderer = new Renderer(rig());
    const first = renderer.draw(still).data.slice();
    renderer.draw({ ...still, upper: { shut: 1 }, mouth: { b: 1 }, gaze: { x: 3, y: 2 }, shapes: { shift: -2 } });
    renderer.draw({ ...still, lids: 0.6 });
    expect(Buffer.compare(renderer.draw(still).data, first)).toBe(0);
  });

  it('refuses names that the rig does not have', () => {
    expect(() => shown({ mouth: { c: 1 } })).toThrow('no texture "c"');
    expect(() => shown({ shapes: { spin: 1 } })).toThrow('no mesh shape "spin"');
  });
});
