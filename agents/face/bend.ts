/** The triangle mesh over a face in motion, and how it bends the textures of a patch. */

import { to256 } from './mix.ts';
import type { Planes } from './planes.ts';
import type { Weights } from './pose.ts';
import type { Rect } from './rig.ts';
import type { FaceData, Shape } from './shapes.ts';
import { addLayer, area, type Corners3, mapping, mark } from './triangles.ts';

/** A shape that moves nothing by this many pixels is not seen. */
const UNSEEN = 0.08;
/** Weights are told apart in steps that move something by this many pixels. */
const STEP = 0.1;
/** Every pixel comes from where it is. */
const UNBENT = [1, 0, 0, 0, 1, 0];
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
  readonly #mesh: FaceMesh;
  readonly #rect: Rect;
  readonly #triangles: number[];
  /** Shapes that are seen here, with the finest step of their weight that is. */
  readonly #steps: [name: string, step: number][];
  readonly #taken: Map<string, Float32Array>;
  readonly #open = new Map<string, Float32Array>();
  readonly #painted: boolean;
  /** Those that are bent, and per pixel 1 + the place in there. */
  readonly #moved: number[] = [];
  readonly #ids: Uint16Array;
  readonly #mappings: Float64Array;
  readonly #parts: Uint16Array;

  /**
   * @param covered what lies in there is painted over by another patch
   * @param inside the textures show what is inside an opening (teeth, which do not move with the lips), and are not
   *   bent there; otherwise that is drawn behind them
   */
  constructor(
    mesh: FaceMesh,
    rect: Rect,
    textures: string[],
    taken: Record<string, Weights>,
    { covered, inside: painted = false }: { covered?: Rect; inside?: boolean } = {},
  ) {
    this.#painted = painted;
    this.#mesh = mesh;
    this.#rect = rect;
    const { data } = mesh;
    const inside = (v: number) =>
      within(data.vertices[v * 2]!, rect.x, rect.width) && within(data.vertices[v * 2 + 1]!, rect.y, rect.height);
    this.#triangles = Array.from({ length: data.triangles.length / 3 }, (_, t) => t).filter(t =>
      [0, 1, 2].some(n => inside(data.triangles[t * 3 + n]!)),
    );
    this.#ids = new Uint16Array(rect.width * rect.height);
    this.#mappings = new Float64Array((this.#triangles.length + 1) * 6);
    this.#mappings.set(UNBENT);
    this.#parts = new Uint16Array(this.#triangles.length + 1);
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
    const geometries = new Map<string, Float32Array>();
    this.#taken = new Map(
      textures.map(name => {
        const weights = taken[name] ?? {};
        const key = JSON.stringify(weights);
        if (!geometries.has(key)) geometries.set(key, mesh.at(weights));
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

  /** Mixes the layers, each bent from where it was taken to where the mesh is now; `parts` sum to 256. */
  mix(names: string[], layers: Planes[], parts: number[], out: Planes): void {
    const { openings, openingCount } = this.#mesh.data;
    const { width, height } = this.#rect;
    const from = names.map(name => this.#taken.get(name)!);
    // What no triangle covers is not bent, nor is what has moved in none of the layers: id 0.
    this.#ids.fill(0);
    const moved = this.#moved;
    moved.length = 0;
    for (const t of this.#triangles) {
      if (openings[t] === 0 && from.every(positions => this.#still(positions, t))) continue;
      moved.push(t);
      mark(this.#ids, width, height, this.#corners(this.#mesh.now, t), moved.length);
    }
    // In an opening only those layers count that were taken with it open.
    const inside = Array.from({ length: openingCount }, (_, n) =>
      to256(names.map((name, i) => parts[i]! * Math.max(0.001, this.#open.get(name)![n]!))),
    );
    for (const [n, layer] of layers.entries()) {
      for (const [i, t] of moved.entries()) {
        const opening = openings[t]!;
        if (opening > 0 && this.#painted) this.#mappings.set(UNBENT, (i + 1) * 6);
        else mapping(this.#mappings, (i + 1) * 6, this.#corners(this.#mesh.now, t), this.#corners(from[n]!, t));
        this.#parts[i + 1] = opening === 0 ? parts[n]! : inside[opening - 1]![n]!;
      }
      this.#parts[0] = parts[n]!;
      const share = { parts: this.#parts, first: n === 0, last: n === layers.length - 1 };
      const [w, h] = [width / 2, height / 2];
      addLayer({ from: layer.ya, to: out.ya, width, height, scale: 1 }, this.#ids, this.#mappings, share);
      addLayer({ from: layer.uv, to: out.uv, width: w, height: h, scale: 2 }, this.#ids, this.#mappings, share);
      addLayer({ from: layer.a, to: out.a, width: w, height: h, scale: 2 }, this.#ids, this.#mappings, share);
    }
  }

  /** Whether a triangle is where it was when a texture was taken. */
  #still(taken: Float32Array, t: number): boolean {
    const { triangles } = this.#mesh.data;
    const { now } = this.#mesh;
    for (let n = 0; n < 3; n++) {
      const v = triangles[t * 3 + n]! * 2;
      if (Math.abs(now[v]! - taken[v]!) > UNSEEN || Math.abs(now[v + 1]! - taken[v + 1]!) > UNSEEN) return false;
    }
    return true;
  }

  /** A triangle in pixels of the patch. */
  #corners(positions: Float32Array, t: number): Corners3 {
    const { triangles } = this.#mesh.data;
    const { x, y } = this.#rect;
    const [a, b, c] = [triangles[t * 3]! * 2, triangles[t * 3 + 1]! * 2, triangles[t * 3 + 2]! * 2];
    return [
      positions[a]! - x,
      positions[a + 1]! - y,
      positions[b]! - x,
      positions[b + 1]! - y,
      positions[c]! - x,
      positions[c + 1]! - y,
    ];
  }

  /**
   * How much of its inside each texture shows in each opening, 0..1: by the opening's area, between the least and the
   * most that any texture has. A mesh may bridge more than the opening itself.
   */
  #measure(): void {
    const { openings, openingCount } = this.#mesh.data;
    const areas = new Map<string, Float32Array>();
    for (const [name, positions] of this.#taken) {
      const sums = new Float32Array(openingCount);
      for (const t of this.#triangles) {
        const opening = openings[t]!;
        if (opening > 0) sums[opening - 1]! += Math.max(0, area(this.#corners(positions, t))) / 2;
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

function holds({ x, y, width, height }: Rect, px: number, py: number): boolean {
  return px >= x && px < x + width && py >= y && py < y + height;
}

function within(value: number, start: number, length: number): boolean {
  return value >= start - REACH && value <= start + length + REACH;
}
