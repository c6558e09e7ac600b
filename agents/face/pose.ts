/** What the renderer is asked for: everything that differs from one picture to the next. */

/** Weights by name; those of a mix need not sum to 1, they are shares. */
export type Weights = Record<string, number>;

export interface Pose {
  /** Textures of the upper face and of the mouth that are mixed. */
  upper: Weights;
  mouth: Weights;
  /** The upper face with closed eyes, and how far it is drawn down over `upper`, 0..1. */
  closed: Weights;
  lids: number;
  /** Pixels that the eyes are turned, x right, y down. */
  gaze: { x: number; y: number };
  /** Shapes of the face, which bend the patches; sums of displacements. */
  bend: Weights;
  /** How far the jaw is open, 0..1: moves what is seen inside the mouth. */
  jaw: number;
  /** Mesh shapes; sums of displacements. */
  shapes: Weights;
}
