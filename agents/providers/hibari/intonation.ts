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

function meanOf(f0: Float32Array): number {
  const voiced = f0.filter(hz => hz > VOICED_HZ);
  return Math.exp(voiced.reduce((sum, hz) => sum + Math.log(hz), 0) / Math.max(1, voiced.length));
}

/** The pitch curve with another mean and another spread, Hz by frame; 0 where there is no voice. */
export function bent(f0: Float32Array, { pitch, range }: Tune): Float32Array {
  const mean = meanOf(f0);
  return f0.map(hz => (hz > VOICED_HZ ? Math.max(VOICED_HZ + 1, pitch * mean * (hz / mean) ** range) : 0));
}

/** A question that rises: so far above the mean at its end, semitones, from a little below it. */
const RISE = 5;
const RISE_FROM = -2;
/** Where nothing is stressed. */
const RISE_FRAMES = 20;

/** The sentence rising from its last stressed vowel on: the model lets questions fall as it lets statements. */
export function rising(plan: Plan): Plan {
  const last = plan.spans.findLast(({ phone }) => phone !== 'pau');
  if (last === undefined) return plan;
  const to = last.endFrame;
  const stressed = plan.spans.findLast(({ stress }) => stress === 1);
  const from = Math.max(0, stressed?.startFrame ?? to - RISE_FRAMES);
  const mean = meanOf(plan.f0);
  const f0 = plan.f0.slice();
  for (let frame = from; frame < f0.length; frame++) {
    if (f0[frame]! <= VOICED_HZ) continue;
    const way = Math.min(1, (frame - from) / (to - from));
    const wanted = mean * 2 ** ((RISE_FROM + (RISE - RISE_FROM) * way ** 1.5) / 12);
    // From the curve that was there into the rise, without a step.
    const share = Math.min(1, way * 3);
    f0[frame] = f0[frame]! ** (1 - share) * wanted ** share;
  }
  return tuned(plan, f0);
}

/** The sentence in another tune, which its sound is made for: not only higher, but said higher. */
export function intonated(plan: Plan, tune: Tune): Plan {
  if (tune.pitch === 1 && tune.range === 1) return plan;
  return tuned(plan, bent(plan.f0, tune));
}

function tuned(plan: Plan, f0: Float32Array): Plan {
  const features = plan.features.slice();
  for (const [frame, hz] of f0.entries())
    if (hz > 0) features[PITCH_ROW * plan.frames + frame] = Math.log(1 + hz) / PITCH_SCALE;
  return { ...plan, f0, features };
}
