import { LISTEN_RATE } from '../base/rates.ts';

/** A small recognizer reads the same sound otherwise with silence before it, where it was guessing. */
const LEAD_SAMPLES = 0.5 * LISTEN_RATE;

/** A sound for a second reading: with silence before it. */
export function afterSilence(pcm: Int16Array): Int16Array {
  const again = new Int16Array(LEAD_SAMPLES + pcm.length);
  again.set(pcm, LEAD_SAMPLES);
  return again;
}
