import { RealFft } from '../../../base/fft.ts';
import { BINS, type Shape } from './design.ts';
import { Envelope } from './envelope.ts';
import { pulses, VOICED_HZ } from './pulses.ts';
import { HOP, WINDOW } from './rates.ts';
import { cosOf, expOf, halfTurn, noiseOf, sinOf } from './tables.ts';

/** A frame's spectra, one after the other. */
export const SPECTRA = 5 * BINS;
const PHASE = BINS;
const NOISE = 2 * BINS;
const FREE = 3 * BINS;
const FREE_PHASE = 4 * BINS;

/** Frames before and after some others whose windows reach into their samples. */
export const BEFORE = WINDOW / HOP / 2 - 1;
export const AFTER = WINDOW / HOP / 2;

const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
/** Squared windows of the frames that overlap, summed up. */
const WINDOWS = 1.5;
/** No level is higher than this, natural logarithm. */
const LOUDEST = 7;

/**
 * Samples from frames. A frame is a sum of three parts: the harmonics of the pitch, shaped in level and phase; noise,
 * shaped in level; and a part of free level and phase. (After hibari's own synthesis, with the spectra bent by a
 * voice's design.)
 */
export class Waveform {
  readonly #fft = new RealFft(WINDOW);
  readonly #signal = new Float64Array(WINDOW);
  readonly #pulseRe = new Float64Array(BINS);
  readonly #pulseIm = new Float64Array(BINS);
  readonly #envelope = new Envelope();
  readonly #re = new Float64Array(BINS);
  readonly #im = new Float64Array(BINS);

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
    const out = new Float32Array((to - from) * HOP);
    const begin = Math.max(0, from - BEFORE);
    const end = Math.min(heard.length, to + AFTER);
    const excitation = pulses(heard, begin * HOP - WINDOW / 2, (end - 1) * HOP + WINDOW / 2);
    for (let frame = begin; frame < end; frame++) {
      const voiced = this.#excite(excitation, (frame - begin) * HOP);
      const at = (frame - first) * SPECTRA;
      this.#others(spectra, at, made[frame]! > VOICED_HZ ? shape.voiced : shape.unvoiced, shape, seed + frame);
      if (voiced) this.#harmonics(spectra, at, Math.max(VOICED_HZ, made[frame]!), shape);
      this.#fft.inverse(this.#re, this.#im, this.#signal);
      const shift = frame * HOP - WINDOW / 2 - from * HOP;
      for (let i = Math.max(0, -shift); i < Math.min(WINDOW, out.length - shift); i++)
        out[i + shift]! += (this.#signal[i]! * HANN[i]!) / WINDOWS;
    }
    return out;
  }

  /** The spectrum of the pulses that a frame sees; false where there are none. */
  #excite(excitation: Float64Array, at: number): boolean {
    const signal = this.#signal;
    let voiced = false;
    for (let i = 0; i < WINDOW; i++) {
      const pulse = excitation[at + i]!;
      voiced ||= pulse !== 0;
      // A cosine of amplitude 1 has a peak of 1.
      signal[i] = (pulse * HANN[i]!) / HOP;
    }
    if (voiced) this.#fft.forward(signal, this.#pulseRe, this.#pulseIm);
    return voiced;
  }

  /** Noise, and the free part. */
  #others(spectra: Float32Array, at: number, gains: Float32Array, { bin, next }: Shape, seed: number): void {
    const noise = noiseOf(2 * BINS, seed);
    for (let k = 0; k < BINS; k++) {
      const low = at + bin[k]!;
      const share = next[k]!;
      const gain = gains[k]!;
      const noiseLevel = level(spectra, low + NOISE, share, gain);
      const freeLevel = level(spectra, low + FREE, share, gain);
      const phase = spectra[low + FREE_PHASE + (share < 0.5 ? 0 : 1)]!;
      this.#re[k] = noiseLevel * noise[2 * k]! + freeLevel * cosOf(phase);
      this.#im[k] = noiseLevel * noise[2 * k + 1]! + freeLevel * sinOf(phase);
    }
  }

  #harmonics(spectra: Float32Array, at: number, hz: number, shape: Shape): void {
    const { plain, harmonics: gains } = shape;
    if (!plain) this.#envelope.read(spectra, at, at + PHASE, hz, shape);
    const { level: levels, phase: phases } = this.#envelope;
    for (let k = 0; k < BINS; k++) {
      const angle = halfTurn(plain ? spectra[at + PHASE + k]! : phases[k]!);
      const size = expOf(Math.min(LOUDEST, plain ? spectra[at + k]! : levels[k]!) + gains[k]!);
      const c = size * cosOf(angle);
      const s = size * sinOf(angle);
      this.#re[k]! += this.#pulseRe[k]! * c - this.#pulseIm[k]! * s;
      this.#im[k]! += this.#pulseRe[k]! * s + this.#pulseIm[k]! * c;
    }
  }
}

/** A level between two bins. */
function level(spectra: Float32Array, at: number, share: number, gain: number): number {
  const value = spectra[at]! + (spectra[at + 1]! - spectra[at]!) * share;
  return expOf((value < LOUDEST ? value : LOUDEST) + gain);
}
