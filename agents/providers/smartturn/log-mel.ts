/**
 * Whisper's features of sound, which Smart Turn is given: log-mel, 80 bands, 100 a second.
 * Slaney's mel scale and filters (Auditory Toolbox, 1998); normalisation as in Whisper (Radford et al. 2022).
 */
import { Power } from '../../base/power.ts';

const RATE = 16_000;
const FFT = 400;
const BINS = FFT / 2 + 1;
const HOP = 160;
/** Of the mel scale. */
export const BANDS = 80;
const FLOOR = 1e-10;
const VARIANCE_FLOOR = 1e-7;

/** Seconds that the model looks at. */
export const SECONDS = 8;
export const FRAMES = (RATE * SECONDS) / HOP;
const LENGTH = RATE * SECONDS;

const LINEAR_HZ = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;
const toMel = (hz: number) => (hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP);
const toHz = (mel: number) => (mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL)));

/** One band: where its triangle begins among the bins, and its weights. */
interface Band {
  from: number;
  weights: Float32Array;
}

const BANK: readonly Band[] = Array.from({ length: BANDS }, (_, band) => {
  const edge = (i: number) => toHz((i * toMel(RATE / 2)) / (BANDS + 1));
  const [low, centre, high] = [edge(band), edge(band + 1), edge(band + 2)];
  const weight = (bin: number) => {
    const hz = (bin * RATE) / FFT;
    return Math.max(0, Math.min((hz - low) / (centre - low), (high - hz) / (high - centre))) * (2 / (high - low));
  };
  const bins = Array.from({ length: BINS }, (_, bin) => bin).filter(bin => weight(bin) > 0);
  const from = bins[0] ?? 0;
  return { from, weights: Float32Array.from(bins, weight) };
});

const WINDOW = Float32Array.from({ length: FFT }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FFT));
const fourier = new Power(FFT);

/** The last {@link SECONDS} of 16 kHz samples, zeros before what is shorter: [band][frame], frame by frame in a row. */
export function logMel(pcm: Int16Array): Float32Array {
  const sound = normalised(pcm.subarray(Math.max(0, pcm.length - LENGTH)));
  const features = new Float32Array(BANDS * FRAMES);
  const power = new Float32Array(BINS);
  let loudest = Number.NEGATIVE_INFINITY;
  // Frames of nothing but the silence in front are all alike: the second is like the rest (the first is mirrored).
  const silent = Math.floor((LENGTH - Math.min(pcm.length, LENGTH) - FFT / 2) / HOP);
  for (let frame = 0; frame < FRAMES; frame++) {
    if (frame < 2 || frame > silent) fourier.of(sound, frame * HOP, WINDOW, power);
    for (const [band, { from, weights }] of BANK.entries()) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[from + i]!;
      const level = Math.log10(Math.max(FLOOR, sum));
      features[band * FRAMES + frame] = level;
      loudest = Math.max(loudest, level);
    }
  }
  for (let i = 0; i < features.length; i++) features[i] = (Math.max(features[i]!, loudest - 8) + 4) / 4;
  return features;
}

/** Zero mean and unit variance, over zeros in front as well; half a window is mirrored at both ends. */
function normalised(pcm: Int16Array): Float32Array {
  const silence = LENGTH - pcm.length;
  let sum = 0;
  let squares = 0;
  for (const sample of pcm) {
    sum += sample / 32_768;
    squares += (sample / 32_768) ** 2;
  }
  const mean = sum / LENGTH;
  const scale = 1 / Math.sqrt(squares / LENGTH - mean ** 2 + VARIANCE_FLOOR);
  const pad = FFT / 2;
  const sound = new Float32Array(LENGTH + FFT);
  for (let i = 0; i < LENGTH; i++) sound[pad + i] = ((i < silence ? 0 : pcm[i - silence]! / 32_768) - mean) * scale;
  for (let i = 0; i < pad; i++) {
    sound[pad - 1 - i] = sound[pad + 1 + i]!;
    sound[pad + LENGTH + i] = sound[pad + LENGTH - 2 - i]!;
  }
  return sound;
}
