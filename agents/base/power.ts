import { RealFft } from './fft.ts';

/** Power by frequency of one stretch of a signal after another. Not for two at once: it has working memory. */
export class Power {
  readonly size: number;
  readonly #fourier: RealFft;
  readonly #signal: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param size of a stretch: even, and made of 2, 3 and 5. Throws a RangeError for others. */
  constructor(size: number) {
    this.size = size;
    this.#fourier = new RealFft(size);
    this.#signal = new Float64Array(size);
    this.#re = new Float64Array(size / 2 + 1);
    this.#im = new Float64Array(size / 2 + 1);
  }

  /** Of the samples from `at` on, each times its weight: `size / 2 + 1` values. */
  of(signal: ArrayLike<number>, at: number, window: ArrayLike<number>, into: Float32Array): void {
    for (let i = 0; i < this.size; i++) this.#signal[i] = signal[at + i]! * window[i]!;
    this.#fourier.forward(this.#signal, this.#re, this.#im);
    for (let k = 0; k < into.length; k++) into[k] = this.#re[k]! ** 2 + this.#im[k]! ** 2;
  }
}
