/** Turns a pose into an I420 picture: composes the character, bends it and lays it over the background. */
import type { I420 } from './avatar.ts';
import { Composer } from './compose.ts';
import { CELL } from './fit.ts';
import { Kernels } from './kernels.ts';
import { eachPlane, type Planes } from './planes.ts';
import type { Pose, Weights } from './pose.ts';
import { presence } from './presence.ts';
import type { Rig } from './rig-load.ts';

export class Renderer {
  readonly width: number;
  readonly height: number;
  readonly #kernels = new Kernels();
  readonly #composer: Composer;
  /** Where the shapes of the grid are in memory. */
  readonly #shapes: Map<string, number>;
  readonly #picture: I420;
  readonly #changed: { at: number; rects: Int32Array };

  constructor(rig: Rig) {
    const { width, height } = rig.file;
    const kernels = this.#kernels;
    this.width = width;
    this.height = height;
    this.#shapes = new Map([...rig.shapes].map(([name, shape]) => [name, kernels.put(shape)]));
    this.#composer = new Composer(kernels, rig);
    const behind = toI420(rig.pictures.get(rig.file.background)!);
    const background = kernels.put(behind);
    const drawn = kernels.put(behind);
    const points = (width / CELL + 1) * (height / CELL + 1);
    const shifts = kernels.allocate(points * 8);
    const origins = kernels.allocate(points * 8);
    kernels.run.setGrid(width, height, this.#composer.picture.y, background, drawn, shifts, origins);
    const { some, thin } = presence(rig);
    const before = kernels.put(new Float32Array(points * 8).fill(Number.NaN));
    kernels.run.setPresence(before, kernels.allocate(points), kernels.put(some), kernels.put(thin));
    // Upper face, mouth, eyes.
    const most = 2 + rig.file.eyes.length;
    const changed = kernels.allocate(most * 16);
    this.#picture = { width, height, data: kernels.bytes(drawn, behind.length) };
    this.#changed = { at: changed, rects: kernels.integers(changed, most * 4) };
  }

  /** The returned picture is overwritten by the next call. */
  draw(pose: Pose): I420 {
    this.#composer.draw(pose);
    this.#bend(pose.shapes);
    const { at, rects } = this.#changed;
    for (const [n, { x, y, width, height }] of this.#composer.changed.entries())
      rects.set([x, y, width, height], n * 4);
    this.#kernels.run.drawGrid(at, this.#composer.changed.length);
    return this.#picture;
  }

  /** Adds the shapes up and finds where each point comes from. */
  #bend(weights: Weights): void {
    const { run } = this.#kernels;
    run.clearShifts();
    for (const [name, weight] of Object.entries(weights)) {
      const shape = this.#shapes.get(name);
      if (shape === undefined) throw new RangeError(`the rig has no mesh shape "${name}"`);
      if (weight !== 0) run.addShift(shape, weight);
    }
    run.invert();
  }
}

function toI420(planes: Planes): Uint8Array {
  const [y, , u, v] = eachPlane(planes).map(plane => plane.bytes);
  const data = new Uint8Array(y!.length + u!.length + v!.length);
  data.set(y!);
  data.set(u!, y!.length);
  data.set(v!, y!.length + u!.length);
  return data;
}
