import { BIN_HZ, BINS, type Shape } from './design.ts';

/**
 * The model's levels and phases of harmonics mean something at the harmonics of the pitch that a frame was made for, and
 * nothing between them. For a voice of another pitch or another body they are read there, and joined by straight lines.
 */
export class Envelope {
  readonly level = new Float32Array(BINS);
  readonly phase = new Float32Array(BINS);

  /** Reads a frame's levels at `at` and its phases at `phaseAt`, bent by the shape. */
  read(spectra: Float32Array, at: number, phaseAt: number, hz: number, { bin, next }: Shape): void {
    const step = hz / BIN_HZ;
    const highest = Math.max(1, Math.floor((BINS - 1) / step));
    for (let k = 0; k < BINS; k++) {
      const position = (bin[k]! + next[k]!) / step;
      const below = Math.min(highest, Math.max(1, Math.floor(position)));
      const above = Math.min(highest, below + 1);
      const share = Math.min(1, Math.max(0, position - below));
      const low = valueAt(spectra, at, below * step);
      this.level[k] = low + (valueAt(spectra, at, above * step) - low) * share;
      this.phase[k] = spectra[phaseAt + Math.round((share < 0.5 ? below : above) * step)]!;
    }
  }
}

function valueAt(spectra: Float32Array, at: number, position: number): number {
  const bin = Math.min(BINS - 2, Math.floor(position));
  const low = spectra[at + bin]!;
  return low + (spectra[at + bin + 1]! - low) * (position - bin);
}
