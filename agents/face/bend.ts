/** The triangle mesh over a face in motion, and how it bends the textures of a patch. */

import type { Kernels, Sheet } from './kernels.ts';
import { to256 } from './mix.ts';
import type { Weights } from './pose.ts';
import type { Rect } from './rig.ts';
import type { FaceData, Shape } from './shapes.ts';
import type { Textures } from './textures.ts';
import { area, type Corners3 } from './triangles.ts';

/** A shape that moves nothing by this many pixels is not seen. */
const UNSEEN = 0.08;
/** Weights are told apart in steps that move something by this many pixels. */
const STEP = 0.1;
/** Every pixel comes from where it is. */
const UNBENT = [1, 0, 0, 0, 1, 0];
/** Bytes of a mapping (kernels/bend.as). */
const MAPPING = 48;
/** Pixels beyond a patch from which a triangle may be pulled into it. */
const REACH = 24;

/** Where the vertices are now. */
export class FaceMesh {
  readonly data: FaceData;
  readonly now: Float32Array;

  constructor(data: FaceData) {
    this.data = data;
    this.now = data.vertices.slice();
  }

  bend(weights: Weights): void {
    this.now.set(this.data.vertices);
    this.#add(this.now, weights);
  }

  /** Where the vertices are with these weights. */
  at(weights: Weights): Float32Array {
    const positions = this.data.vertices.slice();
    this.#add(positions, weights);
    return positions;
  }

  #add(to: Float32Array, weights: Weights): void {
    for (const [name, weight] of Object.entries(weights)) {
      const shape = this.data.shapes.get(name);
      if (!shape) throw new RangeError(`the rig has no face shape "${name}"`);
      if (weight === 0) continue;
      const { at, by } = shape;
      for (let i = 0; i < at.length; i++) {
        const v = at[i]! * 2;
        to[v]! += weight * by[i * 2]!;
        to[v + 1]! += weight * by[i * 2 + 1]!;
      }
    }
  }
}

/** A patch whose textures are bent by the mesh while they are mixed. */
export class BentPatch {
  readonly #kernels: Kernels;
  readonly #mesh: FaceMesh;
  readonly #rect: Rect;
  readonly #triangles: Uint16Array;
  /** Shapes that are seen here, with the finest step of their weight that is. */
  readonly #steps: [name: string, step: number][];
  /** Where the vertices were in each texture, and where that is in memory. */
  readonly #taken: Map<string, { positions: Float32Array; at: number }>;
  readonly #open = new Map<string, Float32Array>();
  readonly #painted: boolean;
  // In memory: the mesh's triangles and vertices, the patch's triangles and which of them have moved (a flag for each,
  // then their numbers), per pixel 1 + the place in there, and how those are mapped and mixed.
  readonly #corners: number;
  readonly #now: number;
  readonly #all: number;
  readonly #flags: number;
  readonly #moved: number;
  readonly #ids: number;
  readonly #mappings: number;
  readonly #parts: number;

  /**
   * @param covered what lies in there is painted over by another patch
   * @param inside the textures show what is inside an opening (teeth, which do not move with the lips), and are not
   *   bent there; otherwise that is drawn behind them
   */
  constructor(
    kernels: Kernels,
    mesh: FaceMesh,
    rect: Rect,
    textures: string[],
    taken: Record<string, Weights>,
    { covered, inside: painted = false }: { covered?: Rect; inside?: boolean } = {},
  ) {
    this.#kernels = kernels;
    this.#painted = painted;
    this.#mesh = mesh;
    this.#rect = rect;
    const { data } = mesh;
    const inside = (v: number) =>
      within(data.vertices[v * 2]!, rect.x, rect.width) && within(data.vertices[v * 2 + 1]!, rect.y, rect.height);
    this.#triangles = Uint16Array.from({ length: data.triangles.length / 3 }, (_, t) => t).filter(t =>
      [0, 1, 2].some(n => inside(data.triangles[t * 3 + n]!)),
    );
    const count = this.#triangles.length;
    this.#corners = kernels.put(data.triangles);
    this.#now = kernels.allocate(mesh.now.byteLength);
    this.#all = kernels.put(this.#triangles);
    this.#flags = kernels.allocate(count);
    this.#moved = kernels.allocate(count * 2);
    this.#ids = kernels.allocate(rect.width * rect.height * 2);
    this.#mappings = kernels.allocate((count + 1) * MAPPING);
    this.#parts = kernels.allocate((count + 1) * 2);
    const shown = (v: number) =>
      inside(v) && !(covered && holds(covered, data.vertices[v * 2]!, data.vertices[v * 2 + 1]!));
    const seen = (shape: Shape) =>
      shape.at.reduce(
        (far, v, i) => (shown(v) ? Math.max(far, Math.hypot(shape.by[i * 2]!, shape.by[i * 2 + 1]!)) : far),
        0,
      );
    this.#steps = [...data.shapes]
      .map(([name, shape]): [string, number] => [name, seen(shape)])
      .filter(([, far]) => far > UNSEEN)
      .map(([name, far]) => [name, STEP / far]);
    const geometries = new Map<string, { positions: Float32Array; at: number }>();
    this.#taken = new Map(
      textures.map(name => {
        const weights = taken[name] ?? {};
        const key = JSON.stringify(weights);
        const positions = mesh.at(weights);
        if (!geometries.has(key)) geometries.set(key, { positions, at: kernels.put(positions) });
        return [name, geometries.get(key)!];
      }),
    );
    this.#measure();
  }

  /** Tells whether the mesh looks different here. */
  key(weights: Weights): string {
    let key = '';
    for (const [name, step] of this.#steps) key += `${Math.round((weights[name] ?? 0) / step)} `;
    return key;
  }

  /** Mixes the textures, each bent from where it was taken to where the mesh is now; `parts` sum to 256. */
  mix(names: string[], textures: Textures, parts: number[], out: Sheet, sum: number): void {
    const { run } = this.#kernels;
    const { openings, openingCount } = this.#mesh.data;
    const { x, y, width, height } = this.#rect;
    const from = names.map(name => this.#taken.get(name)!.at);
    this.#kernels.floats(this.#now, this.#mesh.now.length).set(this.#mesh.now);
    const moved = this.#findMoved(from);
    run.mark(this.#ids, width, height, this.#now, this.#corners, this.#moved, moved.length, x, y);
    // In an opening only those layers count that were taken with it open.
    const inside = Array.from({ length: openingCount }, (_, n) =>
      to256(names.map((name, i) => parts[i]! * Math.max(0.001, this.#open.get(name)![n]!))),
    );
    const shares = this.#kernels.words(this.#parts, moved.length + 1);
    const bridging = moved.flatMap((t, i) => (openings[t]! > 0 ? [{ id: i + 1, opening: openings[t]! - 1 }] : []));
    for (const [n, name] of names.entries()) {
      shares.fill(parts[n]!);
      run.map(this.#mappings, this.#now, from[n]!, this.#corners, this.#moved, moved.length, x, y);
      for (const { id, opening } of bridging) {
        shares[id] = inside[opening]![n]!;
        if (this.#painted) this.#kernels.doubles(this.#mappings + id * MAPPING, UNBENT.length).set(UNBENT);
      }
      const layer = textures.sheet(name);
      for (const plane of ['y', 'alpha', 'u', 'v', 'soft'] as const) {
        const scale = plane === 'y' || plane === 'alpha' ? 1 : 2;
        run.bendAdd(
          layer[plane],
          sum + 2 * (out[plane] - out.y),
          out[plane],
          width / scale,
          height / scale,
          scale,
          this.#ids,
          this.#mappings,
          this.#parts,
          n === 0,
          n === names.length - 1,
        );
      }
    }
  }

  /** Lists the triangles that bridge an opening, or have moved since one of the textures was taken. */
  #findMoved(from: number[]): number[] {
    const { openings } = this.#mesh.data;
    const count = this.#triangles.length;
    const flags = this.#kernels.bytes(this.#flags, count);
    for (let i = 0; i < count; i++) flags[i] = openings[this.#triangles[i]!]! > 0 ? 1 : 0;
    for (const at of new Set(from))
      this.#kernels.run.flagMoved(this.#flags, this.#corners, this.#all, count, this.#now, at, UNSEEN);
    const moved: number[] = [];
    for (let i = 0; i < count; i++) if (flags[i] === 1) moved.push(this.#triangles[i]!);
    this.#kernels.words(this.#moved, moved.length).set(moved);
    return moved;
  }

  /**
   * How much of its inside each texture shows in each opening, 0..1: by the opening's area, between the least and the
   * most that any texture has. A mesh may bridge more than the opening itself.
   */
  #measure(): void {
    const { triangles, openings, openingCount } = this.#mesh.data;
    const areas = new Map<string, Float32Array>();
    for (const [name, { positions }] of this.#taken) {
      const sums = new Float32Array(openingCount);
      for (const t of this.#triangles) {
        const opening = openings[t]!;
        if (opening > 0) sums[opening - 1]! += Math.max(0, area(corners(positions, triangles, t))) / 2;
      }
      areas.set(name, sums);
    }
    for (const [name, sums] of areas) {
      const shares = sums.map((size, n) => {
        const all = [...areas.values()].map(other => other[n]!);
        const [least, most] = [Math.min(...all), Math.max(...all)];
        // Squared: lips that are hardly apart show flesh where wide ones show teeth.
        return most - least < 1 ? 1 : ((size - least) / (most - least)) ** 2;
      });
      this.#open.set(name, shares);
    }
  }
}

function corners(positions: Float32Array, triangles: Uint16Array, t: number): Corners3 {
  const [a, b, c] = [triangles[t * 3]! * 2, triangles[t * 3 + 1]! * 2, triangles[t * 3 + 2]! * 2];
  return [positions[a]!, positions[a + 1]!, positions[b]!, positions[b + 1]!, positions[c]!, positions[c + 1]!];
}

function holds({ x, y, width, height }: Rect, px: number, py: number): boolean {
  return px >= x && px < x + width && py >= y && py < y + height;
}

function within(value: number, start: number, length: number): boolean {
  return value >= start - REACH && value <= start + length + REACH;
}
