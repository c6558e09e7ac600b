/** A part of the face that is painted by a mix of textures. */
import { BentPatch, type FaceMesh } from './bend.ts';
import { type Kernels, Sheet } from './kernels.ts';
import { wholeWeights, windowIn } from './mix.ts';
import { type Lips, Morph } from './morph.ts';
import type { Weights } from './pose.ts';
import type { Rect, RigFile } from './rig.ts';
import type { Rig } from './rig-load.ts';
import { Textures } from './textures.ts';

/** Rows over which a lid's edge is softened. */
export const LID_EDGE = 10;

/** A mixed patch of the face. */
export class Patch {
  readonly #kernels: Kernels;
  readonly #rect: Rect;
  readonly #textures: Textures;
  readonly #mixed: Sheet;
  readonly #second: Sheet;
  /** Sums of the planes, 16 bits each. */
  readonly #sum: number;
  readonly #masks: { luma: number; chroma: number };
  readonly #morph: Morph | undefined;
  readonly #bent: BentPatch | undefined;
  #key = '';

  /**
   * @param mesh bends the textures; without one `lips` may
   * @param how see BentPatch
   */
  constructor(
    kernels: Kernels,
    rig: Rig,
    patch: RigFile['mouth'],
    mesh?: FaceMesh,
    how: { covered?: Rect; inside?: boolean } = {},
  ) {
    const { rect, feather, textures, lips, taken } = patch;
    const { width, height } = rect;
    this.#kernels = kernels;
    this.#rect = rect;
    this.#textures = new Textures(kernels, rect, rig, textures);
    this.#mixed = new Sheet(kernels, width, height);
    this.#second = new Sheet(kernels, width, height);
    this.#sum = kernels.allocate(this.#mixed.bytes * 2);
    if (mesh) this.#bent = new BentPatch(kernels, mesh, rect, Object.keys(textures), taken ?? {}, how);
    else if (lips) this.#morph = new Morph(kernels, new Map<string, Lips>(Object.entries(lips)), width, height);
    this.#masks = {
      luma: kernels.put(featherMask(width, height, feather)),
      chroma: kernels.put(featherMask(width / 2, height / 2, feather / 2)),
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
    this.#mix(open, this.#mixed);
    if (drawn !== undefined) {
      this.#mix(closed, this.#second);
      this.#wipe(drawn);
    }
    this.#key = key;
    return true;
  }

  #mix(whole: [name: string, parts: number][], out: Sheet): void {
    const names = whole.map(([name]) => name);
    const parts = whole.map(([, n]) => n);
    const last = names.length - 1;
    if (this.#bent) this.#bent.mix(names, this.#textures, parts, out, this.#sum);
    else if (last === 0) this.#textures.copy(names[0]!, out);
    else {
      for (const [n, name] of names.entries()) {
        const { y } = this.#textures.sheet(name);
        this.#kernels.run.mixAdd(this.#sum, y, out.y, out.bytes, parts[n]!, n === 0, n === last);
      }
      this.#morph?.mix(names, this.#textures, parts, out, this.#sum);
    }
  }

  /** Draws the second mix down over the first, as far as the row `line`. */
  #wipe(line: number): void {
    const { run } = this.#kernels;
    const { width, height } = this.#rect;
    const to = this.#mixed;
    const lid = this.#second;
    for (const plane of ['y', 'alpha'] as const)
      run.wipe(to[plane], lid[plane], to[plane], width, height, line, LID_EDGE);
    for (const plane of ['u', 'v', 'soft'] as const)
      run.wipe(to[plane], lid[plane], to[plane], width / 2, height / 2, line / 2, LID_EDGE / 2);
  }

  blend(to: Sheet, from: Sheet): void {
    const { run } = this.#kernels;
    const { width, height } = this.#rect;
    const { luma, chroma } = windowIn(to, this.#rect);
    const mixed = this.#mixed;
    const masks = this.#masks;
    for (const plane of ['y', 'alpha'] as const)
      run.blend(to[plane] + luma, from[plane] + luma, to.width, width, height, mixed[plane], masks.luma);
    for (const plane of ['u', 'v', 'soft'] as const)
      run.blend(
        to[plane] + chroma,
        from[plane] + chroma,
        to.width / 2,
        width / 2,
        height / 2,
        mixed[plane],
        masks.chroma,
      );
  }
}

/** 0 at the border to 255 inside, smoothly. */
function featherMask(width: number, height: number, feather: number): Uint8Array {
  const ramp = (i: number, n: number) => Math.min(1, (Math.min(i, n - 1 - i) + 0.5) / feather);
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const m = Math.min(ramp(x, width), ramp(y, height));
      mask[y * width + x] = Math.round(255 * m * m * (3 - 2 * m));
    }
  }
  return mask;
}
