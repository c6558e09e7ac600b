import { LISTEN_RATE } from '../base/rates.ts';

/** How the voice moved at the end of an utterance. */
export interface FinalContour {
  /** Pitch movement over the last voiced stretch, semitones; negative falls. Undefined where nothing was voiced. */
  pitchSemitones?: number;
}

const HOP = LISTEN_RATE / 100;
const WINDOW = LISTEN_RATE / 40;
const LOOK_BACK = LISTEN_RATE * 0.6;
const MIN_HZ = 70;
const MAX_HZ = 400;
/** Normalised difference below which a window counts as voiced (YIN, de Cheveigné and Kawahara 2002). */
const VOICED = 0.2;

/** Pitch movement at the end of `pcm` (16 kHz), whose last `trailingSilence` samples are not speech. */
export function finalContour(pcm: Int16Array, trailingSilence: number): FinalContour {
  const end = pcm.length - trailingSilence;
  const from = Math.max(0, end - LOOK_BACK);
  const pitches: number[] = [];
  for (let at = from; at + 2 * WINDOW <= end; at += HOP * 2) {
    const hz = pitchHz(pcm, at);
    if (hz !== undefined) pitches.push(12 * Math.log2(hz));
  }
  const SHORTEST = 5;
  if (pitches.length < SHORTEST) return {};
  const third = Math.max(2, Math.floor(pitches.length / 3));
  return { pitchSemitones: median(pitches.slice(-third)) - median(pitches.slice(0, third)) };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** YIN on the 25 ms from sample `at` on, at half rate: plenty for a contour. Undefined where nothing is voiced. */
export function pitchHz(pcm: Int16Array, at: number): number | undefined {
  const STEP = 2;
  const rate = LISTEN_RATE / STEP;
  const size = WINDOW / STEP;
  const minLag = Math.floor(rate / MAX_HZ);
  const maxLag = Math.min(Math.ceil(rate / MIN_HZ), size - 1);
  let running = 0;
  /** Normalised differences of the last two lags. */
  let before = 1;
  let last = 1;
  for (let lag = 1; lag <= maxLag; lag++) {
    let difference = 0;
    for (let i = 0; i < size; i++) {
      const delta = pcm[at + i * STEP]! - (pcm[at + (i + lag) * STEP] ?? 0);
      difference += delta * delta;
    }
    running += difference;
    const normalised = running === 0 ? 1 : (difference * lag) / running;
    // The bottom of the first dip that is deep enough, between the lags that were tried.
    if (lag > minLag && last < VOICED && normalised >= last) return rate / (lag - 1 + vertex(before, last, normalised));
    [before, last] = [last, normalised];
  }
  return undefined;
}

/** Where the parabola through three neighbours has its bottom, from the middle one: -0.5 .. 0.5. */
function vertex(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend <= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend)));
}
