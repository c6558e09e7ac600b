/** Reads the source of a head that was rendered from 3D: mesh, shapes, landmarks, where its crops lie. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VISEMES } from '../../protocol/timeline.ts';
import { combine, ramp } from '../../studio/figure/fields.ts';
import type { Positions } from '../../studio/figure/geometry.ts';
import { JAW } from '../../studio/figure/jaw.ts';
import { clearHole, type Triangle } from '../../studio/figure/triangulate.ts';

type Box = [x0: number, y0: number, x1: number, y1: number];

interface Files {
  size: [number, number];
  positions: [number, number][];
  triangles: [number, number, number][];
  mouthInteriorTriangles: number[];
  landmarks: Record<string, number | number[]>;
  shapes: Record<string, { i: number[]; d: [number, number][] }>;
}

const FEELINGS = ['happy', 'sad', 'angry', 'surprised', 'fearful', 'disgusted'];
const KEPT = [
  'mouthSmile',
  'mouthFrown',
  'mouthPress',
  'browInnerUp',
  'browDown',
  'browOuterUp',
  'eyeWide',
  'eyeSquint',
];
/** Pixels around an eye that move with its lids. */
const LASHES = 8;

export interface RenderedHead {
  /** Pixels per side. */
  frame: number;
  vertices: Positions;
  /** The openings' first, so that lids and lips are drawn over them. */
  triangles: Triangle[];
  /** Triangles of any opening. */
  interior: Set<number>;
  /** As a figure names them (manners.ts). */
  shapes: Map<string, Positions>;
  /** A shape under its name in the source. */
  shape(name: string): Positions;
  landmark(name: string): number[];
  at(vertex: number): { x: number; y: number };
}

export async function readSource(folder: string): Promise<RenderedHead> {
  const source: Files = JSON.parse(await readFile(join(folder, 'rig.json'), 'utf8'));
  const rects: { mouth: Box } = JSON.parse(await readFile(join(folder, 'rects.json'), 'utf8'));
  const vertices = Float64Array.from(source.positions.flat());
  const shape = (name: string): Positions => {
    const out = new Float64Array(vertices.length);
    const { i, d } = source.shapes[name]!;
    for (const [n, v] of i.entries()) out.set(d[n]!, v * 2);
    return out;
  };
  const landmark = (name: string) => [source.landmarks[name]!].flat();
  const at = (v: number) => ({ x: vertices[v * 2]!, y: vertices[v * 2 + 1]! });
  const mesh = openMesh(source, vertices, landmark);
  const shapes = figureShapes(vertices, shape, landmark('chin')[0]!, rects.mouth[1]);
  return { frame: source.size[0], vertices, ...mesh, shapes, shape, landmark, at };
}

/**
 * The source winds its triangles the other way, and has irises and eyeballs in its eye openings, which lids that
 * close would fold: those are cleared.
 */
function openMesh(source: Files, vertices: Positions, landmark: RenderedHead['landmark']) {
  const flipped = source.triangles.map(([a, b, c]): Triangle => [a, c, b]);
  const bridges = new Set(source.mouthInteriorTriangles);
  const rim = (side: 'Left' | 'Right') => [...landmark(`eye${side}Upper`), ...landmark(`eye${side}Lower`).toReversed()];
  const outside = flipped.filter((_, t) => !bridges.has(t));
  const first = clearHole(vertices, outside, rim('Right'), LASHES);
  const second = clearHole(vertices, [...first.kept, ...first.around], rim('Left'), LASHES);
  const mouth = source.mouthInteriorTriangles.map(t => flipped[t]!);
  const bridged = [...mouth, ...first.bridge, ...second.bridge];
  const triangles = [...bridged, ...second.kept, ...second.around];
  return { triangles, interior: new Set(bridged.keys()) };
}

/** @param mouthTop row below which a feeling moves the mouth */
function figureShapes(vertices: Positions, shape: RenderedHead['shape'], chin: number, mouthTop: number) {
  const drop = (by: Positions) => by[chin * 2 + 1]!;
  const jawOpen = shape('jawOpen');
  const jaw = combine([[jawOpen, drop(shape('viseme_aa')) / drop(jawOpen) / JAW.aa]]);
  const shapes = new Map<string, Positions>([['jaw', jaw]]);
  // Lips and jaw are driven apart: what is left of a viseme without its jaw is its lips.
  for (const v of VISEMES)
    shapes.set(
      `lips_${v}`,
      combine([
        [shape(`viseme_${v}`), 1],
        [jaw, -JAW[v]],
      ]),
    );
  for (const name of KEPT) shapes.set(name, shape(name));
  shapes.set('eyesClosed', shape('eyes_closed'));
  shapes.set('lidsUp', shape('gazeUp'));
  shapes.set('lidsDown', shape('gazeDown'));
  for (const feeling of FEELINGS) {
    // What the mouth does can be spoken over, the rest stays.
    const whole = shape(`expr_${feeling}`);
    const mouth = whole.map((by, i) => by * ramp(mouthTop - 40, mouthTop + 12, vertices[i - (i % 2) + 1]!));
    shapes.set(`${feeling}_mouth`, mouth);
    shapes.set(
      `${feeling}_upper`,
      combine([
        [whole, 1],
        [mouth, -1],
      ]),
    );
  }
  return shapes;
}
