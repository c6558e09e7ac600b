import { BINS, type Shape } from './design.ts';
import { Kernels, PADDED } from './kernels.ts';
import { gaussian, noiseAt } from './noise.ts';
import { pulses, VOICED_HZ } from './pulses.ts';
import { HOP, WINDOW } from './rates.ts';

/** A frame's spectra, one after the other. */
export const SPECTRA = 5 * BINS;

/** Frames before and after some others whose windows reach into their samples. */
export const BEFORE = WINDOW / HOP / 2 - 1;
export const AFTER = WINDOW / HOP / 2;

/**
 * Samples from frames. A frame is a sum of three parts: the harmonics of the pitch, shaped in level and phase; noise,
 * shaped in level; and a part of free level and phase. (After hibari's own synthesis, with the spectra bent by a
 * voice's design.)
 */
export class Waveform {
  readonly #kernels = new Kernels();
  readonly #noise = this.#kernels.put(gaussian());
  readonly #frameAt = this.#kernels.allocate(4 * SPECTRA);
  readonly #signalAt = this.#kernels.allocate(4 * WINDOW);
  readonly #bins = this.#kernels.allocate(2 * PADDED);
  /** By bin: how much of the next one, where it comes from, what is added to the logarithms. */
  readonly #next = this.#kernels.allocate(4 * PADDED);
  readonly #places = this.#kernels.allocate(4 * PADDED);
  readonly #harmonics = this.#kernels.allocate(4 * PADDED);
  readonly #voiced = this.#kernels.allocate(4 * PADDED);
  readonly #unvoiced = this.#kernels.allocate(4 * PADDED);
  readonly #frame = this.#kernels.floats(this.#frameAt, SPECTRA);
  readonly #signal = this.#kernels.floats(this.#signalAt, WINDOW);

  /**
   * The samples of the frames `from` to `to`, without rounding.
   * @param spectra frames of {@link SPECTRA} from `first` on, with {@link BEFORE} and {@link AFTER} around what is wanted, where there are so many
   * @param made Hz that the frames were made for, of the whole sentence
   * @param heard Hz that are to be heard
   */
  of(
    { spectra, first, from, to }: { spectra: Float32Array; first: number; from: number; to: number },
    { made, heard }: { made: Float32Array; heard: Float32Array },
    shape: Shape,
    seed: number,
  ): Float32Array {
    const { run } = this.#kernels;
    const signal = this.#signal;
    const out = new Float32Array((to - from) * HOP);
    const begin = Math.max(0, from - BEFORE);
    const end = Math.min(heard.length, to + AFTER);
    const excitation = pulses(heard, begin * HOP - WINDOW / 2, (end - 1) * HOP + WINDOW / 2);
    this.#take(shape);
    for (let frame = begin; frame < end; frame++) {
      const at = (frame - begin) * HOP;
      signal.set(excitation.subarray(at, at + WINDOW));
      const isVoiced = run.excite(this.#signalAt) !== 0;
      this.#frame.set(spectra.subarray((frame - first) * SPECTRA, (frame - first + 1) * SPECTRA));
      const gains = made[frame]! > VOICED_HZ ? this.#voiced : this.#unvoiced;
      // The kernels take pairs of numbers.
      run.others(this.#frameAt, this.#bins, this.#next, gains, this.#noise + 4 * noiseAt(seed + frame));
      if (isVoiced && shape.plain) run.harmonics(this.#frameAt, this.#harmonics);
      else if (isVoiced)
        run.bentHarmonics(this.#frameAt, this.#harmonics, this.#places, Math.max(VOICED_HZ, made[frame]!));
      run.sound(this.#signalAt);
      const shift = frame * HOP - WINDOW / 2 - from * HOP;
      const last = Math.min(WINDOW, out.length - shift);
      for (let i = Math.max(0, -shift); i < last; i++) out[i + shift]! += signal[i]!;
    }
    return out;
  }

  #take({ bin, next, harmonics, voiced, unvoiced }: Shape): void {
    const floats = (at: number) => this.#kernels.floats(at, PADDED);
    this.#kernels
      .words(this.#bins, PADDED)
      .fill(BINS - 2)
      .set(bin);
    floats(this.#next).set(next);
    floats(this.#places).set(next.map((share, k) => share + bin[k]!));
    floats(this.#harmonics).set(harmonics);
    floats(this.#voiced).set(voiced);
    floats(this.#unvoiced).set(unvoiced);
  }
}
