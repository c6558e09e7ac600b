import { FIGURES, type Plan } from './model.ts';
import { VOICED_HZ } from './synth/pulses.ts';

/** The row of a frame's figures with its pitch, as log(1 + Hz) / 5. */
const PITCH_ROW = FIGURES - 2;
const PITCH_SCALE = 5;

/** Mean pitch, and how far the pitch moves about it. */
export interface Tune {
  pitch: number;
  range: number;
}

/** The pitch curve with another mean and another spread, Hz by frame; 0 where there is no voice. */
export function bent(f0: Float32Array, { pitch, range }: Tune): Float32Array {
  let sum = 0;
  let count = 0;
  for (const hz of f0)
    if (hz > VOICED_HZ) {
      sum += Math.log(hz);
      count += 1;
    }
  const mean = Math.exp(sum / Math.max(1, count));
  return f0.map(hz => (hz > VOICED_HZ ? Math.max(VOICED_HZ + 1, pitch * mean * (hz / mean) ** range) : 0));
}

/** The sentence in another tune, which its sound is made for: not only higher, but said higher. */
export function intonated(plan: Plan, tune: Tune): Plan {
  if (tune.pitch === 1 && tune.range === 1) return plan;
  const f0 = bent(plan.f0, tune);
  const features = plan.features.slice();
  for (const [frame, hz] of f0.entries())
    if (hz > 0) features[PITCH_ROW * plan.frames + frame] = Math.log(1 + hz) / PITCH_SCALE;
  return { ...plan, f0, features };
}
