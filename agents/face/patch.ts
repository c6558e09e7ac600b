/** A part of the face that is painted by a mix of textures. */
import { BentPatch, type FaceMesh } from './bend.ts';
import { blendWords, mixWords, type Window, wholeWeights, windows, wipeWords } from './mix.ts';
import { type Lips, Morph } from './morph.ts';
import { newPlanes, type Planes } from './planes.ts';
import type { Weights } from './pose.ts';
import type { Rect, RigFile } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** The words of some planes. */
type Words = Pick<Planes, 'ya' | 'uv' | 'a'>;

/** Rows over which a lid's edge is softened. */
export const LID_EDGE = 10;

/** A mixed patch of the face. */
export class Patch {
  readonly #textures: Map<string, Planes>;
  readonly #mixed: Planes;
  readonly #second: Planes;
  readonly #windows: { luma: Window; chroma: Window };
  readonly #masks: { luma: Uint16Array; chroma: Uint16Array };
  readonly #morph: Morph | undefined;
  readonly #bent: BentPatch | undefined;
  #key = '';
  #current: Words;

  /**
   * @param mesh bends the textures; without one `lips` may
   * @param how see BentPatch
   */
  constructor(
    rig: Rig,
    patch: RigFile['mouth'],
    stride: number,
    mesh?: FaceMesh,
    how: { covered?: Rect; inside?: boolean } = {},
  ) {
    const { rect, feather, textures, lips, taken } = patch;
    this.#textures = new Map(Object.entries(textures).map(([name, file]) => [name, rig.pictures.get(file)!]));
    this.#mixed = newPlanes(rect.width, rect.height);
    this.#second = newPlanes(rect.width, rect.height);
    this.#current = this.#mixed;
    if (mesh) this.#bent = new BentPatch(mesh, rect, Object.keys(textures), taken ?? {}, how);
    else if (lips) this.#morph = new Morph(new Map<string, Lips>(Object.entries(lips)), rect.width, rect.height);
    this.#windows = windows(rect, stride);
    this.#masks = {
      luma: featherMask(rect.width, rect.height, feather),
      chroma: featherMask(rect.width / 2, rect.height / 2, feather / 2),
    };
  }

  /** Mixes the textures, with others drawn over them down to a row; false when that is what they already are. */
  mix(
    weights: Weights,
    bend: Weights,
    lids: { closed: Weights; line: number | undefined } = { closed: {}, line: undefined },
  ): boolean {
    const open = wholeWeights(weights);
    const closed = lids.line === undefined ? open : wholeWeights(lids.closed);
    const drawn = closed.join() === open.join() ? undefined : lids.line;
    const shape = this.#bent?.key(bend) ?? '';
    const key = [drawn === undefined ? open : [open, closed, drawn], shape].join();
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
    if (this.#bent) {
      this.#bent.mix(names, layers, parts, out);
      return out;
    }
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
