/** Paints the character, unwarped, into one picture: body, upper face, mouth, eyes. Redoes only what changed. */
import { FaceMesh } from './bend.ts';
import { Inset } from './inset.ts';
import { type Kernels, Sheet } from './kernels.ts';
import { LID_EDGE, Patch } from './patch.ts';
import { eachPlane, newPlanes, PAD, type Planes } from './planes.ts';
import type { Pose } from './pose.ts';
import type { Rect, RigFile } from './rig.ts';
import type { Rig } from './rig-load.ts';

export class Composer {
  /** Body, face and eyes. */
  readonly picture: Sheet;
  /** Rectangles that the last `draw` painted anew. */
  changed: Rect[] = [];
  /** The same without eyes, and with holes there. */
  readonly #skin: Sheet;
  readonly #body: Sheet;
  readonly #file: RigFile;
  readonly #mesh: FaceMesh | undefined;
  readonly #upper: Patch;
  readonly #mouth: Patch;
  readonly #eyes: Inset[];
  readonly #interior: Inset | undefined;
  #gaze = { x: Number.NaN, y: Number.NaN };
  #jaw = Number.NaN;

  constructor(kernels: Kernels, rig: Rig) {
    const { file } = rig;
    const body = padded(rig.pictures.get(file.body)!);
    this.#skin = Sheet.of(kernels, body);
    this.picture = Sheet.of(kernels, body);
    this.#file = file;
    this.#body = Sheet.of(kernels, body);
    this.#mesh = rig.face && new FaceMesh(rig.face);
    this.#upper = new Patch(kernels, rig, file.upper, this.#mesh, { covered: inner(file.mouth) });
    this.#mouth = new Patch(kernels, rig, file.mouth, this.#mesh, { inside: !file.interior });
    this.#eyes = file.eyes.map(eye => new Inset(kernels, rig, eye.rect, eye.sclera, eye.sprites));
    const { interior } = file;
    if (interior) this.#interior = new Inset(kernels, rig, interior.rect, interior.picture, interior.sprites);
  }

  draw(pose: Pose): void {
    const { upper, mouth, eyes, interior } = this.#file;
    this.changed = [];
    this.#mesh?.bend(pose.bend);
    const lids = { closed: pose.closed, line: this.#lidLine(pose.lids) };
    const upperChanged = this.#upper.mix(pose.upper, pose.bend, lids);
    let mouthChanged = this.#mouth.mix(pose.mouth, pose.bend);
    const jaw = Math.round(pose.jaw * 64) / 64;
    if (this.#interior && jaw !== this.#jaw) mouthChanged = true;
    this.#jaw = jaw;
    if (upperChanged) {
      this.#upper.blend(this.#skin, this.#body);
      this.#upper.blend(this.picture, this.#body);
      this.changed.push(upper.rect);
    }
    if (upperChanged || mouthChanged) {
      this.#mouth.blend(this.picture, this.#skin);
      const moves = interior?.sprites.map(sprite => ({ x: sprite.jaw.x * jaw, y: sprite.jaw.y * jaw }));
      if (moves) this.#interior!.draw(this.picture, this.picture, moves);
      this.changed.push(mouth.rect);
    }
    // Finer steps are not seen, and cost a redrawing of the eyes in every frame.
    const gaze = { x: Math.round(pose.gaze.x * 4) / 4, y: Math.round(pose.gaze.y * 4) / 4 };
    if (upperChanged || gaze.x !== this.#gaze.x || gaze.y !== this.#gaze.y) {
      for (const [i, eye] of this.#eyes.entries()) {
        const moves = eyes[i]!.sprites.map(({ follow }) => ({ x: gaze.x * follow, y: gaze.y * follow }));
        eye.draw(this.picture, this.#skin, moves);
        this.changed.push(eyes[i]!.rect);
      }
      this.#gaze = gaze;
    }
  }

  /** The row that the lids have come down to; undefined when they are open. */
  #lidLine(lids: number): number | undefined {
    const from = this.#file.blink.top - LID_EDGE;
    const to = this.#file.blink.bottom + LID_EDGE;
    return lids > 0 ? Math.round((from + (to - from) * lids) * 4) / 4 : undefined;
  }
}

/** Where a patch is not faded. */
function inner({ rect, feather }: RigFile['upper']): Rect {
  const { x, y, width, height } = rect;
  return { x: x + feather, y: y + feather, width: width - 2 * feather, height: height - 2 * feather };
}

/** Continues the border outwards by `PAD` pixels. */
function padded(from: Planes): Planes {
  const to = newPlanes(from.width + 2 * PAD, from.height + 2 * PAD);
  const targets = eachPlane(to);
  for (const [n, { width, height, bytes }] of eachPlane(from).entries()) {
    const out = targets[n]!;
    const pad = (out.width - width) / 2;
    for (let y = 0; y < out.height; y++) {
      const row = Math.min(height - 1, Math.max(0, y - pad)) * width;
      for (let x = 0; x < out.width; x++)
        out.bytes[y * out.width + x] = bytes[row + Math.min(width - 1, Math.max(0, x - pad))]!;
    }
  }
  return to;
}
