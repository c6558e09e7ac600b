import { HOP, SAMPLE_RATE } from './rates.ts';

/** Below this the voice does not sound, Hz. */
export const VOICED_HZ = 40;
/** There are no harmonics above this, Hz. */
const HIGHEST_HZ = 11_000;
/** Where the sum of the harmonics is 0/0. */
const NEAR_ZERO = 2e-3;

/**
 * The voice's excitation: all harmonics of a pitch that glides from frame to frame, each of amplitude 1, and nothing
 * where there is no voice. Σ cos(hx), h = 1…H, is sin((H + ½)x) / (2 sin(x/2)) - ½.
 * @param f0 Hz by frame, 0 where there is no voice
 * @param from first sample, counted from the start of the first frame; may be before it
 */
export function pulses(f0: Float32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(to - from);
  const last = Math.min(to, f0.length * HOP);
  let phase = 0;
  for (let sample = 0; sample < last; sample++) {
    // A frame's pitch is that of its middle.
    const at = (sample + 0.5) / HOP - 0.5;
    const frame = Math.floor(at);
    const before = f0[Math.max(0, frame)]!;
    const after = f0[Math.min(f0.length - 1, frame + 1)]!;
    const hz = before + (after - before) * (at - frame);
    phase += Math.max(VOICED_HZ, hz) / SAMPLE_RATE;
    phase -= Math.floor(phase);
    if (sample < from || hz <= VOICED_HZ) continue;
    const x = 2 * Math.PI * phase;
    const terms = Math.floor(HIGHEST_HZ / hz) + 0.5;
    const below = 2 * Math.sin(x / 2);
    out[sample - from] = (Math.abs(below) > NEAR_ZERO ? Math.sin(terms * x) / below : terms) - 0.5;
  }
  return out;
}
