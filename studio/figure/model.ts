/**
 * A human figure on its way to becoming a rig: a face mesh with shapes, textures, eyes and a head that turns.
 * Portraits and drawn characters are both brought into this form, and written by `writeRig`.
 */
import type { Picture } from '../../agents/face/pictures.ts';
import type { Weights } from '../../agents/face/pose.ts';
import type { Rect } from '../../agents/face/rig.ts';
import type { EyeParts } from './eyes.ts';
import type { Positions } from './geometry.ts';
import type { InteriorParts } from './mouth-interior.ts';

export interface FigureMesh {
  /** The neutral face: lips closed, nothing felt. */
  vertices: Positions;
  triangles: [number, number, number][];
  /** Triangles that bridge an opening. */
  openings: Record<string, number[]>;
  /** Name -> displacement per vertex; manners.ts names those that are needed. */
  shapes: Map<string, Positions>;
}

export interface Texture {
  /** As large as the frame. */
  picture: Picture;
  /** How the face was bent in it. */
  taken?: Weights;
}

export interface Figure {
  name: string;
  licence: string;
  /** What is behind the person, and the person with the face's holes filled or not: both as large as the frame. */
  background: Picture;
  body: Picture;
  mesh: FigureMesh;
  upperRect: Rect;
  mouthRect: Rect;
  /** `open`, and if there is one `closed`. */
  upper: Record<string, Texture>;
  /** `base`, and any of the visemes with `_smile` and `_sad` variants, and `joy`. */
  mouth: Record<string, Texture>;
  eyes: EyeParts[];
  interior?: InteriorParts;
  /** Displacements on a grid over the frame: yaw_left/right, nod_up/down, tilt_left/right, breathe. */
  grid: { columns: number; rows: number; shapes: Map<string, Positions> };
  /** Shares of the grid's shapes that the motion uses: less for a picture that bears less. */
  liveliness: number;
  /** `mouthSmile` and `mouthFrown` of the smile and sad variants. */
  tones: { smile: number; sad: number };
  /** The face that the figure rests with: shapes added to every expression. */
  manner?: { neutral?: Weights; joy?: Weights };
}
