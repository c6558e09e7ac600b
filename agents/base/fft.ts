/**
 * Fourier transform of real signals whose length is even and has no prime factor above 5: a complex transform of half
 * the length (Stockham's, which needs no reordering: Cochran et al. 1967), then the two halves are put together.
 */
export class RealFft {
  readonly size: number;
  readonly #half: number;
  readonly #radices: number[];
  /** e^(-2πi k/size), real and imaginary in turn. */
  readonly #turns: Float64Array;
  #now: Float64Array;
  #next: Float64Array;

  /** Throws RangeError for a length that it cannot do. */
  constructor(size: number) {
    this.size = size;
    this.#half = size / 2;
    this.#radices = radicesOf(this.#half);
    this.#turns = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      this.#turns[2 * k] = Math.cos((2 * Math.PI * k) / size);
      this.#turns[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size);
    }
    this.#now = new Float64Array(size);
    this.#next = new Float64Array(size);
  }

  /** Power of each of the `size / 2 + 1` frequencies of the `size` samples from `at` on, each times its weight. */
  power(signal: ArrayLike<number>, at: number, window: ArrayLike<number>, into: Float32Array): void {
    for (let i = 0; i < this.size; i++) this.#now[i] = signal[at + i]! * window[i]!;
    this.#transform();
    const z = this.#now;
    const half = this.#half;
    for (let k = 0; k <= half; k++) {
      const a = 2 * (k % half);
      const b = 2 * ((half - k) % half);
      const evenRe = (z[a]! + z[b]!) / 2;
      const evenIm = (z[a + 1]! - z[b + 1]!) / 2;
      const oddRe = (z[a + 1]! + z[b + 1]!) / 2;
      const oddIm = (z[b]! - z[a]!) / 2;
      const re = this.#turns[2 * k]!;
      const im = this.#turns[2 * k + 1]!;
      into[k] = (evenRe + oddRe * re - oddIm * im) ** 2 + (evenIm + oddRe * im + oddIm * re) ** 2;
    }
  }

  /** Of `#now`, whose samples are taken in pairs for complex numbers. */
  #transform(): void {
    let done = 1;
    let left = this.#half;
    for (const radix of this.#radices) {
      left /= radix;
      this.#stage(radix, done, left);
      [this.#now, this.#next] = [this.#next, this.#now];
      done *= radix;
    }
  }

  #stage(radix: number, done: number, left: number): void {
    const [from, to, turns] = [this.#now, this.#next, this.#turns];
    const size = this.size;
    for (let p = 0; p < left; p++)
      for (let q = 0; q < done; q++)
        for (let r = 0; r < radix; r++) {
          let re = 0;
          let im = 0;
          for (let s = 0; s < radix; s++) {
            const at = 2 * (q + done * (p + left * s));
            const turn = (2 * ((s * r * (size / radix)) % size)) | 0;
            re += from[at]! * turns[turn]! - from[at + 1]! * turns[turn + 1]!;
            im += from[at]! * turns[turn + 1]! + from[at + 1]! * turns[turn]!;
          }
          const turn = 2 * ((p * r * done * 2) % size);
          const at = 2 * (q + done * (radix * p + r));
          to[at] = re * turns[turn]! - im * turns[turn + 1]!;
          to[at + 1] = re * turns[turn + 1]! + im * turns[turn]!;
        }
  }
}

function radicesOf(size: number): number[] {
  const radices: number[] = [];
  let left = size;
  for (const radix of [4, 5, 3, 2])
    while (left % radix === 0 && left > 1) {
      radices.push(radix);
      left /= radix;
    }
  if (!Number.isInteger(size) || left !== 1) throw new RangeError(`no transform of ${size * 2} samples`);
  return radices;
}
