/**
 * The rig format `visavis-rig/2`: a folder with `rig.json` and pictures that describes one character. The
 * engine knows layers, weights and meshes; everything that makes a character is data in here (docs/avatars.md).
 * Pixels count from the top left of the frame; "left" and "right" are always the viewer's.
 */
import { z } from 'zod';
import { EMOTIONS, VISEMES } from '../../protocol/timeline.ts';

/** Why a rig cannot be used. */
export type RigFault = 'missing' | 'bad-format' | 'bad-picture';

export class RigError extends Error {
  readonly fault: RigFault;
  constructor(fault: RigFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RigError';
    this.fault = fault;
  }
}

/** Chroma is drawn at half size, so everything that is placed sits on even pixels. */
const even = z.number().int().nonnegative().multipleOf(2);
const Rect = z.strictObject({ x: even, y: even, width: even.positive(), height: even.positive() });
export type Rect = z.infer<typeof Rect>;

const Unit = z.number().min(0).max(1);
/** Of a picture, inside the rig's folder. */
const File = z.string().regex(/^(?!.*\.\.)[\w-][\w ./-]*$/, 'a file inside the folder, without ".."');
/** Pixels that something moves by at most; never quite none, as it is divided by. */
const Travel = z.number().min(0.01);
const Weights = z.record(z.string(), z.number());

/** A rectangle of the face that is painted by a mix of textures, faded into the body over `feather` pixels. */
const Patch = z.strictObject({
  rect: Rect,
  feather: z.number().positive(),
  /** Texture name -> picture file of exactly the rect's size. */
  textures: z.record(z.string(), File),
  /** How the face was bent when a texture was taken, as weights of `face.shapes`; absent: not at all. */
  taken: z.record(z.string(), Weights).optional(),
});

const Point = z.strictObject({ x: z.number(), y: z.number() });

/** The opening of a mouth, in pixels of its texture (see morph.ts). */
const Lips = z.strictObject({ left: Point, right: Point, upper: z.number(), lower: z.number() });

const Sprite = z.strictObject({
  picture: File,
  x: even,
  y: even,
  width: even.positive(),
  height: even.positive(),
  /** Share of the gaze that it moves with: 1 for the iris, less for a reflection. */
  follow: z.number(),
});

/** Seen through the transparent holes of the skin; the sprites are clipped to the sclera. */
const Eye = z.strictObject({ rect: Rect, sclera: File, sprites: z.array(Sprite) });

const Expression = z.strictObject({
  /**
   * Upper face, and its partner with closed lids (absent: the blink chain is used). A blink goes through `lids`, the
   * textures in between; without any, the closed ones are drawn down over the open eyes.
   */
  upper: z.string(),
  lids: z.array(z.string()).optional(),
  closed: z.string().optional(),
  /**
   * Mouth when nothing is said, by intensity: shapes are reached at `at`, mixed in between. `jaw` says how far it
   * is open there, for what is seen inside.
   */
  rest: z.array(z.strictObject({ mouth: z.string(), at: Unit, bend: Weights.optional(), jaw: Unit.optional() })).min(1),
  /** Which variants of the visemes are spoken with, 0..1 each. */
  tones: z.strictObject({ smile: Unit.optional(), sad: Unit.optional() }),
  /** Pixels the eyes drift by. */
  gaze: Point.optional(),
  /** Added to the mesh at full intensity. */
  shapes: Weights.optional(),
  /** Shapes of the face at full intensity, whatever the mouth does. */
  bend: Weights.optional(),
});
export type Expression = z.infer<typeof Expression>;

const VisemeShape = z.strictObject({
  mouth: z.string(),
  smile: z.string().optional(),
  sad: z.string().optional(),
  /** What lips and cheeks do; the jaw is added by `motion.jaw`. */
  bend: Weights.optional(),
});

/** Displacements of some vertices: base64 of their uint16 indices, and of int16 x, y for each, in steps of `unit`. */
const SparseShape = z.strictObject({ at: z.string(), by: z.string() });

/**
 * A triangle mesh over the face by which the patches are bent. A texture is drawn where the vertices are now,
 * from where they were when it was taken.
 */
const Face = z.strictObject({
  /** Pixels per step of the numbers in `shapes`, and of the vertices. */
  unit: z.number().positive(),
  /** Base64 of int32 x, y per vertex, in steps of `unit`: the neutral face. */
  vertices: z.string(),
  /** Base64 of uint16, three vertices each, drawn in this order. Those that turn over are not drawn. */
  triangles: z.string(),
  /**
   * Groups of triangles (by index) that bridge an opening: eyes, mouth. Where textures are mixed, those in which
   * the opening is closed have nothing to show there.
   */
  openings: z.record(z.string(), z.array(z.number().int().nonnegative())),
  shapes: z.record(z.string(), SparseShape),
});

/** What is seen through an open mouth; its parts are clipped to `picture`. */
const Interior = z.strictObject({
  rect: Rect,
  /** The cavity: rests with the head. */
  picture: File,
  sprites: z.array(
    z.strictObject({
      picture: File,
      x: even,
      y: even,
      width: even.positive(),
      height: even.positive(),
      /** Pixels that it moves by with the jaw open: 0, 0 for upper teeth. */
      jaw: Point,
    }),
  ),
});

/** Two shapes that are the ends of one movement, e.g. a head turn; either may be missing. */
const Axis = z.strictObject({ negative: z.string().optional(), positive: z.string().optional() });

const Sway = z.strictObject({
  shape: z.string(),
  /** Weight = bias + amplitude x slow noise around `hz`; the noise differs for every sway. */
  bias: z.number(),
  amplitude: z.number(),
  hz: z.number().positive(),
  /** How much speaking adds to the amplitude: 0.5 is half as much again. */
  speaking: z.number(),
});

export const RigFile = z.strictObject({
  format: z.literal('visavis-rig/2'),
  name: z.string(),
  licence: z.string(),
  width: even.positive(),
  height: even.positive(),
  /** Stays in view, as central as it can be, when a picture has other proportions. */
  focus: Point,
  background: File,
  body: File,
  upper: Patch,
  mouth: Patch.extend({
    /** By texture; mixes of textures that have them are bent as well as faded. */
    lips: z.record(z.string(), Lips).optional(),
  }),
  /** Bends both patches. */
  face: Face.optional(),
  eyes: z.array(Eye),
  interior: Interior.optional(),
  /** How far the eyes turn, in pixels, and how they keep looking ahead while the head turns. */
  gaze: z.strictObject({
    left: Travel,
    right: Travel,
    up: Travel,
    down: Travel,
    counterYaw: z.number(),
    counterNod: z.number(),
    /** Lids follow the eyes: shapes of the face at the ends of their travel. */
    bend: z.strictObject({ up: Weights, down: Weights }).optional(),
  }),
  blink: z.strictObject({
    /** Upper textures from open to closed eyes, of the expression without a `closed` partner. */
    chain: z.array(z.string()).min(1),
    /** Rows of the upper rect between which a lid moves: that partner is drawn down over the open eyes. */
    top: z.number(),
    bottom: z.number(),
    /** Shapes of the face with closed lids. */
    bend: Weights.optional(),
  }),
  expressions: z.record(z.enum([...EMOTIONS, 'thinking']), Expression),
  /** A raised-brow accent on stressed words: an upper texture, or shapes of the face. */
  emphasis: z.strictObject({ upper: z.string().optional(), bend: Weights.optional() }).optional(),
  visemes: z.record(z.enum(VISEMES), VisemeShape),
  /** Shapes of the face that a tone adds to every viseme at its full strength. */
  tones: z.strictObject({ smile: Weights, sad: Weights }).optional(),
  mesh: z.strictObject({
    columns: z.number().int().min(2),
    rows: z.number().int().min(2),
    /** Pixels per step of the numbers in `shapes`. */
    unit: z.number().positive(),
    /** Name -> base64 of int16 little endian x, y per vertex, row by row. */
    shapes: z.record(z.string(), z.string()),
  }),
  motion: z.strictObject({
    yaw: Axis,
    tilt: Axis,
    nod: Axis,
    /** Shapes of the face with the jaw open. Lips that are pressed together hold against it. */
    jaw: Weights.optional(),
    breathe: z.strictObject({ shape: z.string(), hz: z.number().positive(), depth: z.number() }).optional(),
    sway: z.array(Sway),
    /** Shapes that lift the arms, and how far, for gestures. */
    arms: Weights.optional(),
  }),
});
export type RigFile = z.infer<typeof RigFile>;
export type ExpressionName = keyof RigFile['expressions'];
