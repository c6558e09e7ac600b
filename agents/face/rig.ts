/**
 * The rig format `visavis-rig/1`: a folder with `rig.json` and pictures that describes one character. The
 * engine knows layers, weights and a mesh; everything that makes a character is data in here.
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
const Weights = z.record(z.string(), z.number());

/** A rectangle of the face that is painted by a mix of textures, faded into the body over `feather` pixels. */
const Patch = z.strictObject({
  rect: Rect,
  feather: z.number().positive(),
  /** Texture name -> picture file of exactly the rect's size. */
  textures: z.record(z.string(), z.string()),
});

const Point = z.strictObject({ x: z.number(), y: z.number() });

/** The opening of a mouth, in pixels of its texture (see morph.ts). */
const Lips = z.strictObject({ left: Point, right: Point, upper: z.number(), lower: z.number() });

const Sprite = z.strictObject({
  picture: z.string(),
  x: even,
  y: even,
  width: even.positive(),
  height: even.positive(),
  /** Share of the gaze that it moves with: 1 for the iris, less for a reflection. */
  follow: z.number(),
});

/** Seen through the transparent holes of the skin; the sprites are clipped to the sclera. */
const Eye = z.strictObject({ rect: Rect, sclera: z.string(), sprites: z.array(Sprite) });

const Expression = z.strictObject({
  /** Upper face, and its partner with closed lids (absent: the blink chain is used). */
  upper: z.string(),
  closed: z.string().optional(),
  /** Mouth when nothing is said, by intensity: shapes are reached at `at`, mixed in between. */
  rest: z.array(z.strictObject({ mouth: z.string(), at: Unit })),
  /** Which variants of the visemes are spoken with, 0..1 each. */
  tones: z.strictObject({ smile: Unit.optional(), sad: Unit.optional() }),
  /** Pixels the eyes drift by. */
  /** Pixels the eyes drift by. */
  gaze: Point.optional(),
  /** Added to the mesh at full intensity. */
  shapes: Weights.optional(),
});
export type Expression = z.infer<typeof Expression>;

const VisemeShape = z.strictObject({
  mouth: z.string(),
  smile: z.string().optional(),
  sad: z.string().optional(),
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
  format: z.literal('visavis-rig/1'),
  name: z.string(),
  licence: z.string(),
  width: even.positive(),
  height: even.positive(),
  background: z.string(),
  body: z.string(),
  upper: Patch,
  mouth: Patch.extend({
    /** By texture; mixes of textures that have them are bent as well as faded. */
    lips: z.record(z.string(), Lips).optional(),
  }),
  eyes: z.array(Eye),
  /** How far the eyes turn, in pixels, and how they keep looking ahead while the head turns. */
  gaze: z.strictObject({
    left: z.number(),
    right: z.number(),
    up: z.number(),
    down: z.number(),
    counterYaw: z.number(),
    counterNod: z.number(),
  }),
  blink: z.strictObject({
    /** Upper textures from open to closed eyes, of the expression without a `closed` partner. */
    chain: z.array(z.string()).min(2),
    /** Rows of the upper rect between which a lid moves: that partner is drawn down over the open eyes. */
    top: z.number(),
    bottom: z.number(),
  }),
  expressions: z.record(z.enum([...EMOTIONS, 'thinking']), Expression),
  /** Upper texture of a raised-brow accent on stressed words. */
  emphasis: z.string().optional(),
  visemes: z.record(z.enum(VISEMES), VisemeShape),
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
    /** Opens with the jaw. */
    jaw: z.strictObject({ shape: z.string(), weight: z.number() }).optional(),
    breathe: z.strictObject({ shape: z.string(), hz: z.number().positive(), depth: z.number() }).optional(),
    sway: z.array(Sway),
  }),
});
export type RigFile = z.infer<typeof RigFile>;
export type ExpressionName = keyof RigFile['expressions'];

/** Reads `rig.json` and checks that every name it uses exists. */
export function parseRig(text: string): RigFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RigError('bad-format', 'rig.json is not JSON', { cause });
  }
  const parsed = RigFile.safeParse(json);
  if (!parsed.success) throw new RigError('bad-format', `rig.json: ${z.prettifyError(parsed.error)}`);
  const rig = parsed.data;
  const faults = [...nameFaults(rig), ...placeFaults(rig)];
  if (faults.length) throw new RigError('bad-format', `rig.json: ${faults.join('; ')}`);
  return rig;
}

function* nameFaults(rig: RigFile): Generator<string> {
  const { upper, mouth, mesh, motion } = rig;
  const unknown = (kind: string, names: (string | undefined)[], known: Record<string, string>) =>
    names.filter(name => name !== undefined && !(name in known)).map(name => `unknown ${kind} "${name}"`);
  yield* unknown('mouth texture', Object.keys(mouth.lips ?? {}), mouth.textures);
  yield* unknown('upper texture', [...rig.blink.chain, rig.emphasis], upper.textures);
  for (const e of Object.values(rig.expressions)) {
    yield* unknown('upper texture', [e.upper, e.closed], upper.textures);
    yield* unknown(
      'mouth texture',
      e.rest.map(r => r.mouth),
      mouth.textures,
    );
    yield* unknown('mesh shape', Object.keys(e.shapes ?? {}), mesh.shapes);
  }
  for (const v of Object.values(rig.visemes))
    yield* unknown('mouth texture', [v.mouth, v.smile, v.sad], mouth.textures);
  const axes = [motion.yaw, motion.tilt, motion.nod].flatMap(axis => [axis.negative, axis.positive]);
  const others = [motion.jaw?.shape, motion.breathe?.shape, ...motion.sway.map(s => s.shape)];
  yield* unknown('mesh shape', [...axes, ...others], mesh.shapes);
}

function* placeFaults(rig: RigFile): Generator<string> {
  const places = { upper: rig.upper.rect, mouth: rig.mouth.rect };
  for (const [name, rect] of Object.entries({
    ...places,
    ...Object.fromEntries(rig.eyes.map((e, i) => [`eye ${i}`, e.rect])),
  }))
    if (rect.x + rect.width > rig.width || rect.y + rect.height > rig.height) yield `${name} lies outside the frame`;
  const [across, down] = [rig.width / (rig.mesh.columns - 1), rig.height / (rig.mesh.rows - 1)];
  if (across % 2 || down % 2) yield 'the mesh does not divide the frame into cells of even pixels';
  if (rig.eyes.some(eye => overlap(eye.rect, rig.mouth.rect))) yield 'an eye overlaps the mouth';
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
