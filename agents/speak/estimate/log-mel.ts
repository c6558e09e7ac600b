/** What the network hears: log-mel energies every 10 ms, relative to how loud the voice is. */
import { PowerSpectrum } from './fft.ts';

export const ESTIMATE_RATE = 16_000;
/** Samples between frames. */
export const HOP = 160;
/** Samples a frame looks at; frame `i` is centred on sample `i * HOP`. */
export const WINDOW = 400;
export const BANDS = 24;

const FFT = 512;
const LOWEST_HZ = 80;
const HIGHEST_HZ = 7200;
/** Natural log of the mel energy below which nothing is taken for a voice: about -50 dB of full scale. */
const LEVEL_FLOOR = -3;
/** The loudest lately, forgotten at 4 dB a second, is what all energies are relative to. */
const LEVEL_DECAY = (0.4 * Math.LN10) / 100;
/** Nepers below the level that still count. */
const RANGE = 10;
/** Nepers below the level that a voice's frames have at least one band above. */
const VOICED = 3;
/** What a band's mean is taken for before there is a voice, and for how many frames that counts. */
const TYPICAL = -4;
const MEAN_PRIOR = 50;
/** Frames of voice that the mean looks back. */
const MEAN_FRAMES = 300;

const mel = (hertz: number) => 1127 * Math.log1p(hertz / 700);
const hertz = (mels: number) => 700 * Math.expm1(mels / 1127);

interface Band {
  first: number;
  weights: Float32Array;
}

/** Triangles, evenly spaced on the mel scale (O'Shaughnessy). `warp` shifts them, as another length of throat would. */
function filterbank(warp: number): Band[] {
  const step = (mel(HIGHEST_HZ) - mel(LOWEST_HZ)) / (BANDS + 1);
  const bin = (i: number) =>
    (Math.min(hertz(mel(LOWEST_HZ) + i * step) * warp, ESTIMATE_RATE / 2) * FFT) / ESTIMATE_RATE;
  return Array.from({ length: BANDS }, (_, band) => {
    const [low, centre, high] = [bin(band), bin(band + 1), bin(band + 2)];
    const first = Math.ceil(low);
    const weights = Float32Array.from({ length: Math.max(1, Math.floor(high) - first + 1) }, (_, k) => {
      const at = first + k;
      return Math.max(0, at < centre ? (at - low) / (centre - low) : (high - at) / Math.max(1e-6, high - centre));
    });
    return { first, weights };
  });
}

/** Streaming features of 16 kHz mono. A frame comes out when its window is complete: 12.5 ms after its centre. */
export class LogMel {
  readonly #bands: Band[];
  readonly #spectrum = new PowerSpectrum(FFT);
  readonly #hann = Float32Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
  readonly #history = new Float32Array(WINDOW);
  readonly #windowed = new Float32Array(WINDOW);
  readonly #power = new Float32Array(FFT / 2 + 1);
  /** Samples until the next frame's window is complete. */
  #wanted = WINDOW / 2;
  #last = 0;
  #level = LEVEL_FLOOR;
  /** Running mean of each band while there is a voice: what the throat and the line do to all sounds alike. */
  readonly #mean = new Float32Array(BANDS).fill(TYPICAL);
  #voiced = 0;
  readonly #gains: Float32Array;

  /** For training, another throat and another line: `warp` of all frequencies, `gains` of the bands (natural log). */
  constructor({ warp = 1, gains = new Float32Array(BANDS) } = {}) {
    this.#bands = filterbank(warp);
    this.#gains = gains;
  }

  /**
   * Calls `onFrame` for each complete frame with a fresh array of {@link BANDS} features, and how loud it is: nepers
   * (of power) below the loudest lately, 0 at most.
   */
  push(pcm: Int16Array, onFrame: (features: Float32Array, loudness: number) => void): void {
    let at = 0;
    while (at < pcm.length) {
      const count = Math.min(this.#wanted, pcm.length - at);
      this.#history.copyWithin(0, count);
      for (let i = 0; i < count; i++) {
        const sample = pcm[at + i]! / 32_768;
        // Speech falls off towards the high bands; this evens it out.
        this.#history[WINDOW - count + i] = sample - 0.97 * this.#last;
        this.#last = sample;
      }
      at += count;
      this.#wanted -= count;
      if (this.#wanted > 0) continue;
      this.#wanted = HOP;
      const { features, loudness } = this.#frame();
      onFrame(features, loudness);
    }
  }

  #frame(): { features: Float32Array; loudness: number } {
    for (let i = 0; i < WINDOW; i++) this.#windowed[i] = this.#history[i]! * this.#hann[i]!;
    this.#spectrum.of(this.#windowed, this.#power);
    const features = new Float32Array(BANDS);
    let loudest = LEVEL_FLOOR;
    for (let band = 0; band < BANDS; band++) {
      const { first, weights } = this.#bands[band]!;
      let energy = 1e-6;
      for (let k = 0; k < weights.length; k++) energy += weights[k]! * (this.#power[first + k] ?? 0);
      features[band] = Math.log(energy) + this.#gains[band]!;
      loudest = Math.max(loudest, features[band]!);
    }
    this.#level = Math.max(this.#level - LEVEL_DECAY, loudest);
    const voiced = loudest > this.#level - VOICED;
    if (voiced) this.#voiced = Math.min(MEAN_FRAMES, this.#voiced + 1);
    for (let band = 0; band < BANDS; band++) {
      const relative = Math.max(-RANGE, features[band]! - this.#level);
      if (voiced) this.#mean[band]! += (relative - this.#mean[band]!) / (this.#voiced + MEAN_PRIOR);
      features[band] = (relative - this.#mean[band]!) / 3;
    }
    return { features, loudness: loudest - this.#level };
  }
}
