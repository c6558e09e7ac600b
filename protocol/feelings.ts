/** What is sensed of how a person feels. One scale for every sense, so that they can be compared and fused. */
import { z } from 'zod';
import { Emotion } from './timeline.ts';

/** Where a reading comes from: the camera's picture, the sound of the voice, or what was said. */
export const FeelingSource = z.enum(['face', 'voice', 'words']);
export type FeelingSource = z.infer<typeof FeelingSource>;

/** One person's feeling as it stands: the senses fused over time. */
export const Feeling = z.object({
  /** `neutral` also stands for "nothing named": a name is given only where a sense gave evidence for it. */
  label: Emotion,
  /** -1 unpleasant .. 1 pleasant. */
  valence: z.number().min(-1).max(1),
  /** 0 calm .. 1 excited. */
  arousal: z.number().min(0).max(1),
  /** 0 a guess .. 1 certain. */
  confidence: z.number().min(0).max(1),
  /** The senses that took part. */
  sources: z.array(FeelingSource).max(3),
});
export type Feeling = z.infer<typeof Feeling>;

/** What a person lets the avatar notice and keep of them. */
export const Consent = z.object({
  /** Off: nothing is sensed, and camera frames are not even decoded for it. */
  feelings: z.boolean(),
  /** A picture of the camera or the shared screen may go to the dialogue provider with a question that needs it. */
  sight: z.boolean(),
  /** What they say, and how it was answered, may be recorded for replay. */
  recording: z.boolean().default(false),
});
export type Consent = z.infer<typeof Consent>;

/** Before a person has said otherwise: nothing of them is noticed. */
export const DEFAULT_CONSENT: Consent = { feelings: false, sight: false, recording: false };
