import { LISTEN_RATE } from '../../base/rates.ts';

const WINDOW = LISTEN_RATE / 40;
const MIN_HZ = 70;
const MAX_HZ = 400;
/** Normalised difference below which a window counts as voiced (YIN, de Cheveigné and Kawahara 2002). */
const VOICED = 0.2;

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
