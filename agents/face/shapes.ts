/** Displacements: of the grid over the whole frame, and of the triangle mesh over the face. */
import { CELL, type Fit, type Size } from './fit.ts';
import { RigError, type RigFile } from './rig.ts';

/** Some vertices and how far each moves, x, y in pixels. */
export interface Shape {
  at: Uint16Array;
  by: Float32Array;
}

/** A triangle mesh over the face, in pixels of the picture. */
export interface FaceData {
  /** x, y per vertex. */
  vertices: Float32Array;
  /** Three vertices each. */
  triangles: Uint16Array;
  /** Per triangle 0, or 1 + the index of the opening that it bridges. */
  openings: Uint8Array;
  /** How many openings there are. */
  openingCount: number;
  shapes: Map<string, Shape>;
}

/** Mesh shape -> x, y per point of a grid with cells of `CELL` pixels over the picture. @throws {RigError} */
export function decodeShapes(file: RigFile, size: Size, fit: Fit): Map<string, Float32Array> {
  const { columns, rows, unit, shapes } = file.mesh;
  const decoded = new Map<string, Float32Array>();
  for (const [name, base64] of Object.entries(shapes)) {
    const steps = new Int16Array(bytesOf(base64));
    if (steps.length !== columns * rows * 2)
      throw new RigError('bad-format', `mesh shape "${name}" does not have ${columns * rows} vertices`);
    decoded.set(name, resample(steps, unit * fit.scale));
  }
  return decoded;

  function resample(steps: Int16Array, pixels: number): Float32Array {
    const across = size.width / CELL + 1;
    const down = size.height / CELL + 1;
    const out = new Float32Array(across * down * 2);
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        const gx = (((column * CELL) / fit.scale + fit.x) / file.width) * (columns - 1);
        const gy = (((row * CELL) / fit.scale + fit.y) / file.height) * (rows - 1);
        const ix = Math.min(columns - 2, Math.floor(gx));
        const iy = Math.min(rows - 2, Math.floor(gy));
        const [fx, fy] = [gx - ix, gy - iy];
        const a = (iy * columns + ix) * 2;
        const b = a + columns * 2;
        for (let c = 0; c < 2; c++)
          out[(row * across + column) * 2 + c] =
            ((steps[a + c]! * (1 - fx) + steps[a + 2 + c]! * fx) * (1 - fy) +
              (steps[b + c]! * (1 - fx) + steps[b + 2 + c]! * fx) * fy) *
            pixels;
      }
    }
    return out;
  }
}

/** @throws {RigError} */
export function decodeFace(face: NonNullable<RigFile['face']>, fit: Fit): FaceData {
  const raw = new Int32Array(bytesOf(face.vertices, 4));
  const vertices = Float32Array.from(raw, (v, i) => (v * face.unit - (i % 2 ? fit.y : fit.x)) * fit.scale);
  const count = vertices.length / 2;
  const triangles = new Uint16Array(bytesOf(face.triangles));
  if (!Number.isInteger(count) || triangles.length % 3 !== 0 || triangles.some(v => v >= count))
    throw new RigError('bad-format', 'face: the triangles do not fit the vertices');
  const openings = new Uint8Array(triangles.length / 3);
  const groups = Object.entries(face.openings);
  for (const [n, [name, members]] of groups.entries()) {
    if (members.some(t => t >= openings.length))
      throw new RigError('bad-format', `face: opening "${name}" has a triangle that does not exist`);
    for (const t of members) openings[t] = n + 1;
  }
  const shapes = new Map<string, Shape>();
  for (const [name, shape] of Object.entries(face.shapes)) {
    const at = new Uint16Array(bytesOf(shape.at));
    const by = Float32Array.from(new Int16Array(bytesOf(shape.by)), step => step * face.unit * fit.scale);
    if (by.length !== at.length * 2 || at.some(v => v >= count))
      throw new RigError('bad-format', `face shape "${name}" does not fit the vertices`);
    shapes.set(name, { at, by });
  }
  return { vertices, triangles, openings, openingCount: groups.length, shapes };
}

/** The encoders for converters: base64 of little endian numbers. */
export const base64 = (numbers: Int16Array | Int32Array | Uint16Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');

/** Of a sparse shape in steps of `unit`; displacements that round to nothing are left out. */
export function encodeShape(by: ArrayLike<number>, unit: number): { at: string; by: string } {
  const at: number[] = [];
  const steps: number[] = [];
  for (let v = 0; v < by.length / 2; v++) {
    const x = Math.round(by[v * 2]! / unit);
    const y = Math.round(by[v * 2 + 1]! / unit);
    if (x === 0 && y === 0) continue;
    at.push(v);
    steps.push(x, y);
  }
  return { at: base64(Uint16Array.from(at)), by: base64(Int16Array.from(steps)) };
}

/** Whole numbers of `each` bytes; one that is cut off leaves a count that does not fit. */
function bytesOf(base64: string, each = 2): ArrayBuffer {
  const bytes = Buffer.from(base64, 'base64');
  return Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % each))).buffer;
}
