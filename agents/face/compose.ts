/** Paints the character, unwarped, into one picture: body, upper face, mouth, eyes. Redoes only what changed. */
import { blendWords, layOver, laySprite, mixWords, type Window, wholeWeights, wipeWords } from './mix.ts';
import { type Lips, Morph } from './morph.ts';
import { newPlanes, type Planes } from './planes.ts';
import type { Pose, Weights } from './pose.ts';
import type { Rect, RigFile } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** The picture has this many pixels around the frame, continuing its border, so that a warp can pull them in. */
export const PAD = 16;

export class Composer {
  /** Body, face and eyes. */
  readonly picture: Planes;
  /** The same without eyes, and with holes there. */
  readonly #skin: Planes;
  readonly #body: Planes;
  readonly #upper: Patch;
  readonly #mouth: Patch;
  readonly #eyes: Eye[];
  readonly #blink: RigFile['blink'];
  #gaze = { x: Number.NaN, y: Number.NaN };

  constructor(rig: Rig) {
    const body = padded(rig.pictures.get(rig.file.body)!);
    this.#skin = copy(body);
    this.picture = copy(body);
    this.#upper = new Patch(rig, rig.file.upper, body.width);
    this.#mouth = new Patch(rig, rig.file.mouth, body.width, rig.file.mouth.lips);
    this.#body = body;
    this.#blink = rig.file.blink;
    this.#eyes = rig.file.eyes.map(eye => new Eye(rig, eye, body.width));
  }

  /** The row that the lids have come down to; undefined when they are open. */
  #lidLine(lids: number): number | undefined {
    const from = this.#blink.top - LID_EDGE;
    const to = this.#blink.bottom + LID_EDGE;
    return lids > 0 ? Math.round((from + (to - from) * lids) * 4) / 4 : undefined;
  }

  draw(pose: Pose): void {
    const upperChanged = this.#upper.mix(pose.upper, { closed: pose.closed, line: this.#lidLine(pose.lids) });
    const mouthChanged = this.#mouth.mix(pose.mouth);
    if (upperChanged) {
      this.#upper.blend(this.#skin, this.#body);
      this.#upper.blend(this.picture, this.#body);
    }
    if (upperChanged || mouthChanged) this.#mouth.blend(this.picture, this.#skin);
    // Finer steps are not seen, and cost a redrawing of the eyes in every frame.
    const gaze = { x: Math.round(pose.gaze.x * 4) / 4, y: Math.round(pose.gaze.y * 4) / 4 };
    if (upperChanged || gaze.x !== this.#gaze.x || gaze.y !== this.#gaze.y) {
      for (const eye of this.#eyes) eye.draw(this.picture, this.#skin, gaze);
      this.#gaze = gaze;
    }
  }
}

/** The words of some planes. */
type Words = Pick<Planes, 'ya' | 'uv' | 'a'>;

/** Rows over which a lid's edge is softened. */
const LID_EDGE = 10;

/** A mixed patch of the face. */
class Patch {
  readonly #textures: Map<string, Planes>;
  readonly #mixed: Planes;
  readonly #second: Planes;
  readonly #windows: { luma: Window; chroma: Window };
  readonly #masks: { luma: Uint16Array; chroma: Uint16Array };
  readonly #morph: Morph | undefined;
  #key = '';
  #current: Words;

  constructor(rig: Rig, patch: RigFile['upper'], stride: number, lips?: Record<string, Lips>) {
    const { rect, feather, textures } = patch;
    this.#textures = new Map(Object.entries(textures).map(([name, file]) => [name, rig.pictures.get(file)!]));
    this.#mixed = newPlanes(rect.width, rect.height);
    this.#second = newPlanes(rect.width, rect.height);
    this.#current = this.#mixed;
    if (lips) this.#morph = new Morph(new Map(Object.entries(lips)), rect.width, rect.height);
    this.#windows = windows(rect, stride);
    this.#masks = {
      luma: featherMask(rect.width, rect.height, feather),
      chroma: featherMask(rect.width / 2, rect.height / 2, feather / 2),
    };
  }

  /** Mixes the textures, with others drawn over them down to a row; false when that is what they already are. */
  mix(
    weights: Weights,
    lids: { closed: Weights; line: number | undefined } = { closed: {}, line: undefined },
  ): boolean {
    const open = wholeWeights(weights);
    const closed = lids.line === undefined ? open : wholeWeights(lids.closed);
    const drawn = closed.join() === open.join() ? undefined : lids.line;
    const key = drawn === undefined ? open.join() : [open, closed, drawn].join();
    if (key === this.#key) return false;
    this.#current = this.#mix(open, this.#mixed);
    if (drawn !== undefined) this.#current = wipe(this.#current, this.#mix(closed, this.#second), drawn, this.#mixed);
    this.#key = key;
    return true;
  }

  #mix(whole: [name: string, parts: number][], out: Planes): Words {
    const names = whole.map(([name]) => name);
    const layers = names.map(name => this.#texture(name));
    const parts = whole.map(([, n]) => n);
    const plane = (key: keyof Words) => {
      const words = layers.map(layer => layer[key]);
      return mixWords(words, parts, out[key]);
    };
    const mixed = { ya: plane('ya'), uv: plane('uv'), a: plane('a') };
    if (layers.length > 1) this.#morph?.mix(names, layers, parts, out);
    return mixed;
  }

  #texture(name: string): Planes {
    const texture = this.#textures.get(name);
    if (!texture) throw new RangeError(`the rig has no texture "${name}"`);
    return texture;
  }

  blend(to: Planes, from: Planes): void {
    const { luma, chroma } = this.#windows;
    blendWords(to.ya, from.ya, luma, this.#current.ya, this.#masks.luma);
    blendWords(to.uv, from.uv, chroma, this.#current.uv, this.#masks.chroma);
    blendWords(to.a, from.a, chroma, this.#current.a, this.#masks.chroma);
  }
}

/** Draws `lid` down over `open`, as far as the row `line`. */
function wipe(open: Words, lid: Words, line: number, out: Planes): Words {
  wipeWords(open.ya, lid.ya, out.width, line, LID_EDGE, out.ya);
  wipeWords(open.uv, lid.uv, out.width / 2, line / 2, LID_EDGE / 2, out.uv);
  wipeWords(open.a, lid.a, out.width / 2, line / 2, LID_EDGE / 2, out.a);
  return out;
}

/** An eyeball behind a hole of the skin. */
class Eye {
  readonly #sclera: Planes;
  readonly #ball: Planes;
  readonly #sprites: { planes: Planes; x: number; y: number; follow: number }[];
  readonly #windows: { luma: Window; chroma: Window };

  constructor(rig: Rig, eye: RigFile['eyes'][number], stride: number) {
    this.#sclera = rig.pictures.get(eye.sclera)!;
    this.#ball = copy(this.#sclera);
    this.#windows = windows(eye.rect, stride);
    this.#sprites = eye.sprites.map(({ picture, x, y, follow }) => {
      return { planes: rig.pictures.get(picture)!, x: x - eye.rect.x, y: y - eye.rect.y, follow };
    });
  }

  draw(to: Planes, skin: Planes, gaze: { x: number; y: number }): void {
    const ball = this.#ball;
    const sclera = this.#sclera;
    ball.ya.set(sclera.ya);
    ball.uv.set(sclera.uv);
    const half = { width: ball.width / 2, height: ball.height / 2 };
    for (const { planes, x, y, follow } of this.#sprites) {
      const dx = x + gaze.x * follow;
      const dy = y + gaze.y * follow;
      const size = { width: planes.width / 2, height: planes.height / 2 };
      laySprite(ball.ya, ball, sclera.ya, planes.ya, planes.ya, planes, 16, dx, dy);
      laySprite(ball.uv, half, sclera.a, planes.uv, planes.a, size, 0, dx / 2, dy / 2);
    }
    const { luma, chroma } = this.#windows;
    layOver(to.ya, skin.ya, skin.ya, 16, luma, ball.ya);
    layOver(to.uv, skin.uv, skin.a, 0, chroma, ball.uv);
    // Clipped to the sclera, the sprites leave its alpha as it is.
    layOver(to.a, skin.a, skin.a, 0, chroma, sclera.a);
  }
}

function windows(rect: Rect, stride: number): { luma: Window; chroma: Window } {
  const { width, height } = rect;
  const start = (rect.y + PAD) * stride + rect.x + PAD;
  const chromaStart = ((rect.y + PAD) / 2) * (stride / 2) + (rect.x + PAD) / 2;
  return {
    luma: { start, stride, width, height },
    chroma: { start: chromaStart, stride: stride / 2, width: width / 2, height: height / 2 },
  };
}

/** 0 at the border to 256 inside, smoothly. */
function featherMask(width: number, height: number, feather: number): Uint16Array {
  const ramp = (i: number, n: number) => Math.min(1, (Math.min(i, n - 1 - i) + 0.5) / feather);
  const mask = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const m = Math.min(ramp(x, width), ramp(y, height));
      mask[y * width + x] = Math.round(256 * m * m * (3 - 2 * m));
    }
  }
  return mask;
}

function copy(from: Planes): Planes {
  const to = newPlanes(from.width, from.height);
  to.ya.set(from.ya);
  to.uv.set(from.uv);
  to.a.set(from.a);
  return to;
}

/** Continues the border outwards by `PAD` pixels. */
function padded(from: Planes): Planes {
  const to = newPlanes(from.width + 2 * PAD, from.height + 2 * PAD);
  const spread = (out: Uint32Array, words: Uint32Array, width: number, height: number, pad: number) => {
    for (let y = 0; y < height + 2 * pad; y++) {
      const row = Math.min(height - 1, Math.max(0, y - pad)) * width;
      for (let x = 0; x < width + 2 * pad; x++)
        out[y * (width + 2 * pad) + x] = words[row + Math.min(width - 1, Math.max(0, x - pad))]!;
    }
  };
  spread(to.ya, from.ya, from.width, from.height, PAD);
  spread(to.uv, from.uv, from.width / 2, from.height / 2, PAD / 2);
  spread(to.a, from.a, from.width / 2, from.height / 2, PAD / 2);
  return to;
}
