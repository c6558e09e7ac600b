/** What synthesis spends its time on, as WebAssembly (kernels/*.as), and the memory that it works on. */
import { readFileSync } from 'node:fs';
import { factorsOf600 } from './factors.ts';
import { HOP, WINDOW } from './rates.ts';

/** The functions are described in kernels/. */
interface Functions {
  memory: WebAssembly.Memory;
  heapBase(): number;
  setUp(windows: number, split: number, factors: number, work: number): void;
  excite(signal: number): number;
  others(frame: number, bins: number, shares: number, gains: number, noise: number): void;
  harmonics(frame: number, gains: number): void;
  bentHarmonics(frame: number, gains: number, places: number, hz: number): void;
  sound(signal: number): void;
}

/** Bins of a spectrum, as long as the kernels go through it. */
export const PADDED = 604;
const ALIGN = 16;
const PAGE = 65_536;
/** Squared windows of the frames that overlap, summed up. */
const WINDOWS = 1.5;
const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));

const code = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));

/** One synthesizer's memory. Views of it are to be made when everything is allocated. */
export class Kernels {
  readonly run: Functions;
  #end: number;

  constructor() {
    this.run = new WebAssembly.Instance(code).exports as unknown as Functions;
    this.#end = this.run.heapBase();
    const half = WINDOW / 2;
    const turn = (k: number) => (2 * Math.PI * k) / WINDOW;
    // A cosine of amplitude 1 has a peak of 1.
    const windows = [...HANN.map(weight => weight / HOP), ...HANN.map(weight => weight / half / WINDOWS)];
    const split = [Math.cos, Math.sin].flatMap(part => Array.from({ length: half }, (_, k) => part(turn(k))));
    this.run.setUp(
      this.put(Float32Array.from(windows)),
      this.put(Float32Array.from(split)),
      this.put(factorsOf600()),
      this.allocate(14 * PADDED * 4),
    );
  }

  /** Zeroed bytes. */
  allocate(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / ALIGN) * ALIGN;
    const { memory } = this.run;
    // Vectors may be read that begin in what was allocated and end beyond.
    const missing = this.#end + 4 * ALIGN - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** Allocates a copy of numbers. */
  put(numbers: Float32Array | Uint16Array): number {
    const at = this.allocate(numbers.byteLength);
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    new Uint8Array(this.run.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, at, count);
  }

  shorts(at: number, count: number): Uint16Array {
    return new Uint16Array(this.run.memory.buffer, at, count);
  }
}
