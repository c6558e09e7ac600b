import type { VoiceDesign } from '../../../speak/ports.ts';

/** The model's spectra run from 0 to 12 kHz in so many bins. */
export const BINS = 601;
/** A bin beyond the model's highest has the level of the highest, falling by so much a bin (natural logarithm). */
const FALL = 0.01;
/** Most breath: the noise so much stronger, the highest harmonics so much weaker (natural logarithms). */
const BREATH_NOISE = 1.1;
const BREATH_SOFTENS = 2.5;

/** A design as the spectra need it, bin by bin. */
export interface Shape {
  /** Which of the model's bins is heard here, and how much of the next one. */
  bin: Uint16Array;
  next: Float32Array;
  /** Added to the logarithms of harmonics and noise. */
  harmonics: Float32Array;
  noise: Float32Array;
}

/** A vocal tract that is shorter (timbre above 1) moves its resonances up, a longer one down. */
export function shapeOf({ timbre, breath }: VoiceDesign): Shape {
  const bins = Array.from({ length: BINS }, (_, k) => k);
  const from = bins.map(k => Math.min(BINS - 1, k / timbre));
  const beyond = bins.map(k => FALL * Math.max(0, k / timbre - (BINS - 1)));
  return {
    bin: Uint16Array.from(from, at => Math.min(BINS - 2, Math.floor(at))),
    next: Float32Array.from(from, at => at - Math.min(BINS - 2, Math.floor(at))),
    harmonics: Float32Array.from(bins, k => -beyond[k]! - BREATH_SOFTENS * breath * (k / BINS)),
    noise: Float32Array.from(bins, k => BREATH_NOISE * breath - beyond[k]!),
  };
}
