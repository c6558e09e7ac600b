import type { Picture } from '../face/pictures.ts';
import type { Rect } from '../face/rig.ts';

/** What is seen through an open mouth. */
export interface InteriorParts {
  rect: Rect;
  /** As large as `rect`. */
  cavity: Picture;
  /** In drawing order; `jaw` is how far each moves with the jaw open. */
  sprites: { name: string; picture: Picture; x: number; y: number; jaw: { x: number; y: number } }[];
}
