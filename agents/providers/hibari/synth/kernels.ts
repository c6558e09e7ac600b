/** What synthesis spends its time on, as WebAssembly (kernels/*.as), and the memory that it works on. */
import { readFileSync } from 'node:fs';
import { type KernelExports, KernelMemory } from '../../../base/kernel-memory.ts';
import { factorsOf600 } from './factors.ts';
import { HOP, WINDOW } from './rates.ts';

/** The functions are described in kernels/. */
interface Functions extends KernelExports {
  setUp(windows: number, split: number, factors: number, work: number): void;
  excite(signal: number): number;
  others(frame: number, bins: number, shares: number, gains: number, noise: number): void;
  harmonics(frame: number, gains: number): void;
  bentHarmonics(frame: number, gains: number, places: number, hz: number): void;
  sound(signal: number): void;
}

/** Bins of a spectrum, as long as the kernels go through it. */
export const PADDED = 604;
/** Squared windows of the frames that overlap, summed up. */
const WINDOWS = 1.5;
const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));

const code = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));

/** One synthesizer's memory. */
export class Kernels extends KernelMemory<Functions> {
  constructor() {
    super(code);
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
}
