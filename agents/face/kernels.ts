/** What drawing spends its time on, as WebAssembly (kernels/*.as), and the memory that it works on. */
import { readFileSync } from 'node:fs';
import { type KernelExports, KernelMemory } from '../base/kernel-memory.ts';
import { type Planes, planesBytes } from './planes.ts';

/** The functions are described in kernels/. Positions in memory are bytes; truth is 0 or 1. */
interface Functions extends KernelExports {
  setGrid(
    width: number,
    height: number,
    picture: number,
    background: number,
    drawn: number,
    shifts: number,
    origins: number,
  ): void;
  setPresence(before: number, shown: number, some: number, thin: number): void;
  clearShifts(): void;
  addShift(shape: number, weight: number): void;
  invert(): void;
  drawGrid(changed: number, count: number): void;
  mixAdd(sum: number, from: number, to: number, bytes: number, part: number, first: boolean, last: boolean): void;
  wipe(lower: number, upper: number, to: number, width: number, height: number, line: number, edge: number): void;
  blend(to: number, from: number, stride: number, width: number, height: number, patch: number, mask: number): void;
  layOver(to: number, skin: number, alpha: number, stride: number, width: number, height: number, below: number): void;
  sprite(
    to: number,
    toWidth: number,
    toHeight: number,
    clip: number,
    plane: number,
    alpha: number,
    width: number,
    height: number,
    dx: number,
    dy: number,
  ): void;
  morphAim(columns: number, lips: number, x: number, y: number, width: number, height: number, scale: number): void;
  morphAdd(
    plane: number,
    sum: number,
    to: number,
    stride: number,
    columns: number,
    left: number,
    count: number,
    top: number,
    bottom: number,
    part: number,
    inside: number,
    first: boolean,
    last: boolean,
  ): void;
  flagMoved(
    flags: number,
    triangles: number,
    list: number,
    count: number,
    now: number,
    then: number,
    least: number,
  ): void;
  mark(
    ids: number,
    width: number,
    height: number,
    vertices: number,
    triangles: number,
    list: number,
    count: number,
    x0: number,
    y0: number,
  ): void;
  map(
    mappings: number,
    drawn: number,
    texture: number,
    triangles: number,
    list: number,
    count: number,
    x0: number,
    y0: number,
  ): void;
  bendAdd(
    plane: number,
    sum: number,
    to: number,
    width: number,
    height: number,
    scale: number,
    ids: number,
    mappings: number,
    parts: number,
    first: boolean,
    last: boolean,
  ): void;
}

const code = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));

/** One renderer's memory. */
export class Kernels extends KernelMemory<Functions> {
  constructor() {
    super(code);
  }
}

/** Planes in the memory of the kernels. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly y: number;
  readonly alpha: number;
  readonly u: number;
  readonly v: number;
  /** Alpha of the chroma. */
  readonly soft: number;

  constructor(kernels: Kernels, width: number, height: number) {
    const area = width * height;
    this.width = width;
    this.height = height;
    this.bytes = planesBytes(width, height);
    this.y = kernels.allocate(this.bytes);
    this.alpha = this.y + area;
    this.u = this.alpha + area;
    this.v = this.u + area / 4;
    this.soft = this.v + area / 4;
  }

  static of(kernels: Kernels, planes: Planes): Sheet {
    const sheet = new Sheet(kernels, planes.width, planes.height);
    sheet.fill(kernels, planes);
    return sheet;
  }

  /** Takes the content of planes of the same size. */
  fill(kernels: Kernels, { data }: Planes): void {
    kernels.bytes(this.y, this.bytes).set(data);
  }
}
