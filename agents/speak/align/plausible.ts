import type { Phone } from '../../../protocol/timeline.ts';
import { labelFrames } from '../estimate/labels.ts';
import { CLASS_OF } from '../estimate/mouth-classes.ts';
import { FrameEstimator } from '../estimate/mouth-estimator.ts';

/** Agreement of an alignment with the sound: 0.55 (an old noisy recording) to 0.9 for the right words, 0.4 for wrong ones. */
const AGREES = 0.48;
const TRAIL = new Int16Array(3200);

/**
 * Whether the sound could be these phones (both 16 kHz). An aligner finds any text in any recording; the estimator,
 * which knows no text, tells whether it is there. Takes a hundredth of the sound's length.
 */
export function plausible(phones: readonly Phone[], pcm: Int16Array): boolean {
  return agreement(phones, pcm) >= AGREES;
}

/** Share of the frames, 0..1, in which sound and phones ask for the same kind of mouth. */
export function agreement(phones: readonly Phone[], pcm: Int16Array): number {
  const estimator = new FrameEstimator();
  const heard = [...estimator.push(pcm), ...estimator.push(TRAIL)];
  const labels = labelFrames(phones, pcm.length);
  const same = labels.filter(({ viseme }, i) => heard[i]?.mouthClass === CLASS_OF[viseme]);
  return same.length / Math.max(1, labels.length);
}
