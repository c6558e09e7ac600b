import { chance } from '../../speak/rests.ts';
import { FIGURES, type Plan } from './model.ts';
import { IN_PAUSE } from './timing.ts';

/** No two pauses are the same: so much longer or shorter. */
const UNEVEN = 0.2;
/** So much of a pause is the end of one sound, and the beginning of another, frames. */
const ENDS = 4;
/** Of thought, behind words with which people begin to think, frames. */
const THOUGHT = 24;
const THINKING = /^(?:h+m+|well|let me (?:think|see)|(?:that is a )?(?:good|hard|difficult) question)\W*$/i;

/**
 * The sentence with longer or shorter pauses: each a little uneven, by its text, and one of thought behind words that
 * announce it. What is quiet in the middle of a pause is held, or cut short.
 */
export function paused(plan: Plan, words: readonly string[], pauses: number): Plan {
  const times = new Uint16Array(plan.frames).fill(1);
  for (const [i, { phone, startFrame, endFrame, word }] of plan.spans.entries()) {
    if (phone !== 'pau' || plan.spans[i + 1] === undefined) continue;
    const length = endFrame - startFrame;
    const uneven = 1 + UNEVEN * (2 * chance(`${startFrame} ${words.join(' ')}`) - 1);
    const thought = THINKING.test(words.slice(0, word + 1).join(' ')) ? THOUGHT : 0;
    const change = Math.round(length * (pauses * uneven - 1)) + thought;
    const middle = startFrame + Math.floor(length * IN_PAUSE);
    if (change > 0) times[middle]! += change;
    else times.fill(0, startFrame + ENDS, startFrame + ENDS + Math.max(0, Math.min(-change, length - 2 * ENDS)));
  }
  return held(plan, times);
}

/** The sentence with each frame said so many times. */
function held(plan: Plan, times: Uint16Array): Plan {
  const source: number[] = [];
  /** Where a frame has gone. */
  const moved = new Int32Array(plan.frames + 1);
  for (const [frame, count] of times.entries()) {
    moved[frame] = source.length;
    for (let i = 0; i < count; i++) source.push(frame);
  }
  const frames = source.length;
  moved[plan.frames] = frames;
  const features = new Float32Array(FIGURES * frames);
  for (let row = 0; row < FIGURES; row++)
    for (const [frame, from] of source.entries())
      features[row * frames + frame] = plan.features[row * plan.frames + from]!;
  return {
    features,
    frames,
    f0: Float32Array.from(source, frame => plan.f0[frame]!),
    spans: plan.spans.map(span => ({ ...span, startFrame: moved[span.startFrame]!, endFrame: moved[span.endFrame]! })),
  };
}
