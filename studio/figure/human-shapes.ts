/** How human faces move, at the 468 points that are found in any portrait (made by infra/avatars/make-human-shapes.ts). */
import { readFileSync } from 'node:fs';
import type { Positions } from './geometry.ts';

/** Steps of the stored numbers, in distances between the eyes. */
export const SHAPE_UNIT = 1 / 8192;

export interface HumanShapes {
  /** In distances between the eyes: of the face that they were read off. */
  mouthWidth: number;
  /** Name -> x, y per point, in distances between the eyes. */
  shapes: Map<string, Positions>;
}

let read: HumanShapes | undefined;

export function humanShapes(): HumanShapes {
  if (read) return read;
  const file: { mouthWidth: number; shapes: Record<string, string> } = JSON.parse(
    readFileSync(new URL('./human-shapes.json', import.meta.url), 'utf8'),
  );
  const decode = (data: string) => {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    return Float64Array.from(new Int16Array(bytes.buffer), step => step * SHAPE_UNIT);
  };
  const shapes = new Map(Object.entries(file.shapes).map(([name, data]) => [name, decode(data)]));
  read = { mouthWidth: file.mouthWidth, shapes };
  return read;
}
