/** The textures of a patch, brought into the memory of the kernels as they are needed. */
import { type Kernels, Sheet } from './kernels.ts';
import type { Planes } from './planes.ts';
import type { Rect } from './rig.ts';
import type { Rig } from './rig-load.ts';

/** A word goes through a few mouths at a time; the others stay in the memory that all faces share. */
const KEPT = 4;

export class Textures {
  readonly #kernels: Kernels;
  readonly #planes: Map<string, Planes>;
  /** By name, the one that was asked for longest ago first. */
  readonly #kept = new Map<string, Sheet>();
  readonly #free: Sheet[];

  /** @param files texture -> picture of the rig */
  constructor(kernels: Kernels, { width, height }: Rect, rig: Rig, files: Record<string, string>) {
    this.#kernels = kernels;
    this.#planes = new Map(Object.entries(files).map(([name, file]) => [name, rig.pictures.get(file)!]));
    const kept = Math.min(KEPT, this.#planes.size);
    this.#free = Array.from({ length: kept }, () => new Sheet(kernels, width, height));
  }

  /** Good until a few others have been asked for. */
  sheet(name: string): Sheet {
    const kept = this.#kept.get(name);
    const planes = this.#texture(name);
    const sheet = kept ?? this.#free.pop() ?? this.#oldest();
    if (!kept) sheet.fill(this.#kernels, planes);
    this.#kept.delete(name);
    this.#kept.set(name, sheet);
    return sheet;
  }

  copy(name: string, to: Sheet): void {
    to.fill(this.#kernels, this.#texture(name));
  }

  #texture(name: string): Planes {
    const planes = this.#planes.get(name);
    if (!planes) throw new RangeError(`the rig has no texture "${name}"`);
    return planes;
  }

  #oldest(): Sheet {
    const [name, sheet] = this.#kept.entries().next().value!;
    this.#kept.delete(name);
    return sheet;
  }
}
