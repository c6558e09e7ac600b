import type { Emotion } from '../../../../protocol/timeline.ts';
import type { Reading } from '../../../feel/ports.ts';
import type { EarsAnswer } from './messages.ts';

/** What SenseVoice calls them. */
const EMOTIONS: Readonly<Record<string, Emotion>> = {
  HAPPY: 'happy',
  SAD: 'sad',
  ANGRY: 'angry',
  NEUTRAL: 'neutral',
  FEARFUL: 'fearful',
  DISGUSTED: 'disgusted',
  SURPRISED: 'surprised',
};
const EVENTS: Readonly<Record<string, Emotion>> = { Laughter: 'happy', Cry: 'sad' };
/** It gives one name and no measure of how sure it is; acted speech of its kind is named right about so often. */
const SURE = 0.6;

/** `<|HAPPY|>`: HAPPY. */
const named = (tag: string | undefined): string => tag?.replace(/^<\|/, '').replace(/\|>$/, '') ?? '';

/** How something was said, by what the model tagged it with; undefined where that says nothing. */
export function feelingOf({ emotion, event }: EarsAnswer): Reading | undefined {
  const felt = EVENTS[named(event)] ?? EMOTIONS[named(emotion)];
  if (felt === undefined) return undefined;
  return { source: 'voice', emotions: felt === 'neutral' ? {} : { [felt]: SURE }, confidence: SURE };
}
