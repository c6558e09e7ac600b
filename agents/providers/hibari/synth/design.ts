import type { VoiceDesign } from '../../../speak/ports.ts';
import { SAMPLE_RATE, WINDOW } from './rates.ts';

/** The model's spectra run from 0 to 12 kHz in so many bins. */
export const BINS = WINDOW / 2 + 1;
export const BIN_HZ = SAMPLE_RATE / WINDOW;
/** A bin beyond the model's highest has the level of the highest, falling by so much a bin (natural logarithm). */
const FALL = 0.01;
/** Most breath: what is not harmonic so much stronger in voiced sounds, the highest harmonics so much weaker (natural logarithms). */
const BREATH_RISES = 1.2;
const BREATH_SOFTENS = 3;
/** Of the highest harmonics, with energy. */
const BRIGHTENS = 2;
/** Breath is heard from here on. */
const BREATH_HZ = 800;
/** Below this a voiced sound's free part is coloured by the pitch that it was learned with. */
const COLOURED_HZ = 1500;
const COLOUR = -0.9;

/** A design as the spectra need it, bin by bin. */
export interface Shape {
  /** The voice as it was learned. */
  plain: boolean;
  /** Where in the model's spectra a bin comes from: the bin below, and how much of the one above. */
  bin: Uint16Array;
  next: Float32Array;
  /** Added to the logarithms of levels: of harmonics, of all else in voiced frames, and in unvoiced ones. */
  harmonics: Float32Array;
  voiced: Float32Array;
  unvoiced: Float32Array;
}

/**
 * A vocal tract that is shorter (timbre above 1) moves its resonances up, a longer one down. Who speaks with more energy
 * sounds brighter.
 */
export function shapeOf({ timbre, pitch, range, breath }: VoiceDesign, energy = 1): Shape {
  const plain = timbre === 1 && pitch === 1 && range === 1 && breath === 0;
  const bins = Array.from({ length: BINS }, (_, k) => k);
  const from = bins.map(k => Math.min(BINS - 1, k / timbre));
  const fall = bins.map(k => -FALL * Math.max(0, k / timbre - (BINS - 1)));
  const colour = plain ? 0 : COLOUR;
  return {
    plain,
    bin: Uint16Array.from(from, at => Math.min(BINS - 2, Math.floor(at))),
    next: Float32Array.from(from, at => at - Math.min(BINS - 2, Math.floor(at))),
    harmonics: Float32Array.from(
      bins,
      k => fall[k]! + (BRIGHTENS * Math.log(energy) - BREATH_SOFTENS * breath) * (k / BINS),
    ),
    voiced: Float32Array.from(
      bins,
      k =>
        fall[k]! +
        (k * BIN_HZ < COLOURED_HZ ? colour : 0) +
        BREATH_RISES * breath * Math.min(1, (k * BIN_HZ) / BREATH_HZ - 0.5),
    ),
    unvoiced: Float32Array.from(fall),
  };
}
