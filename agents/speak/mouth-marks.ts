/** Mouths of voices that tell shapes instead of phones. */
import type { VisemeEvent } from '../../protocol/timeline.ts';
import { openByLoudness } from './loudness.ts';
import { phonesToVisemes } from './visemes.ts';

/** From here on the mouth is shaped as for this sound (one of those that look alike, CMU), in samples. */
export interface MouthMark {
  phone: string;
  sample: number;
}

/** What the mouth does from the first mark on until the sound ends; empty without marks. */
export function mouthOfMarks(marks: readonly MouthMark[], pcm: Int16Array, sampleRate: number): VisemeEvent[] {
  const phones = marks
    .map(({ phone, sample }, i) => ({ phone, startSample: sample, endSample: marks[i + 1]?.sample ?? pcm.length }))
    .filter(({ startSample, endSample }) => endSample > startSample);
  const events = phonesToVisemes(phones, { sampleRate }).map(event => ({ ...event, phoneme: '' }));
  return openByLoudness(events, pcm, sampleRate);
}
