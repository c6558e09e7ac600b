/** Power spectrum by a radix-2 FFT. `size` is a power of two; `into` gets `size / 2 + 1` values. Reuses its buffers. */
export class PowerSpectrum {
  readonly #size: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  readonly #reversed: Uint32Array;

  constructor(size: number) {
    this.#size = size;
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
    this.#cosine = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sine = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.#reversed = Uint32Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
      return reversed;
    });
  }

  /** `signal` may be shorter than the size: zeros follow it. */
  of(signal: Float32Array, into: Float32Array): void {
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let i = 0; i < this.#size; i++) {
      real[i] = signal[this.#reversed[i]!] ?? 0;
      imaginary[i] = 0;
    }
    for (let half = 1; half < this.#size; half *= 2) {
      const stride = this.#size / (2 * half);
      for (let start = 0; start < this.#size; start += 2 * half)
        for (let k = 0; k < half; k++) {
          const cosine = this.#cosine[k * stride]!;
          const sine = this.#sine[k * stride]!;
          const a = start + k;
          const b = a + half;
          const re = real[b]! * cosine - imaginary[b]! * sine;
          const im = real[b]! * sine + imaginary[b]! * cosine;
          real[b] = real[a]! - re;
          imaginary[b] = imaginary[a]! - im;
          real[a] = real[a]! + re;
          imaginary[a] = imaginary[a]! + im;
        }
    }
    for (let i = 0; i <= this.#size / 2; i++) into[i] = real[i]! * real[i]! + imaginary[i]! * imaginary[i]!;
  }
}
