/**
 * The animation stream: everything an avatar's face does, for renderers of any kind. docs/animation.md tells how to
 * write one. It is meant for devices too, so names are in snake_case; times are Unix ms on the agent's clock
 * (`at_ms`), lengths ms, positions in speech samples at {@link ANIMATION_RATE} from the turn's first sample.
 */
import { z } from 'zod';
import { Emotion, FaceState, Viseme } from './timeline.ts';

/** Samples per second of the positions. */
export const ANIMATION_RATE = 48_000;

export const ANIMATION_LIMITS = {
  /** Events in one message. */
  eventsPerMessage: 128,
  /** Pause between two messages to one subscriber, ms: the shortest and what is usual, and the longest to ask for. */
  everyMs: 50,
  longestEveryMs: 1000,
} as const;

const turn_id = z.string().min(1).max(128);
const sample = z.number().int().min(0);
const at_ms = z.number().min(0);
const duration_ms = z.number().min(0).max(3_600_000);
const share = z.number().min(0).max(1);
const signed = z.number().min(-1).max(1);

/** One mouth shape, to be seen while its samples are heard. Sent ahead of that, as soon as the speech exists. */
export const VisemeCommand = z
  .object({
    type: z.literal('viseme'),
    turn_id,
    viseme: Viseme,
    /** What is spoken, as the voice names it: CMU phones where they are known, '' where the sound alone was. */
    phoneme: z.string().max(16),
    /** The mouth begins to move towards the shape, has reached it, has left it. */
    start_sample: sample,
    peak_sample: sample,
    end_sample: sample,
    /** `start_sample` in ms, and the time from it to `end_sample`. */
    start_ms: z.number().min(0),
    duration_ms,
    /** How much of the full shape is reached at the peak. */
    weight: share,
    /** How far the jaw is open at the peak. */
    mouth_open: share,
  })
  .refine(event => event.start_sample <= event.peak_sample && event.peak_sample <= event.end_sample, {
    message: 'a viseme starts, peaks and ends in this order',
  });

/** How the face looks from `at_ms` on; the change takes `duration_ms`. */
export const ExpressionCommand = z.object({
  type: z.literal('expression'),
  turn_id: turn_id.optional(),
  at_ms,
  state: FaceState,
  emotion: Emotion,
  intensity: share,
  duration_ms,
  /** Everybody who watches wants little movement: no gestures, no sway, only mouth, lids and feelings. */
  reduced_motion: z.literal(true).optional(),
});

/** Where the eyes look from `at_ms` on: x right, y up, as seen by the viewer; 0, 0 is at the viewer. */
export const GazeCommand = z.object({
  type: z.literal('gaze'),
  turn_id: turn_id.optional(),
  at_ms,
  x: signed,
  y: signed,
  duration_ms,
});

/** A movement of the head that begins at `at_ms`, goes as far as `amount`, and is over after `duration_ms`. */
export const HeadCommand = z.object({
  type: z.literal('head'),
  turn_id: turn_id.optional(),
  at_ms,
  /** nod: 1 down; tilt and turn: 1 to the right, as seen by the viewer. */
  gesture: z.enum(['nod', 'tilt', 'turn']),
  amount: signed,
  duration_ms,
});

/**
 * Which sample is which instant: `sample` left the agent at `at_ms`, and while `playing` the others follow it at
 * {@link ANIMATION_RATE}. `paused`: `sample` is the next to be heard, when the speech goes on.
 */
export const ClockCommand = z.object({
  type: z.literal('clock'),
  turn_id,
  at_ms,
  sample,
  state: z.enum(['playing', 'paused']),
});

/** The turn is over; what it still had to show is not shown. `sample`: how many of its samples were heard. */
export const EndCommand = z.object({
  type: z.literal('end'),
  turn_id,
  at_ms,
  outcome: z.enum(['completed', 'cancelled']),
  sample,
});

export const AnimationEvent = z.discriminatedUnion('type', [
  VisemeCommand,
  ExpressionCommand,
  GazeCommand,
  HeadCommand,
  ClockCommand,
  EndCommand,
]);
export type AnimationEvent = z.infer<typeof AnimationEvent>;
export type AnimationOf<T extends AnimationEvent['type']> = Extract<AnimationEvent, { type: T }>;

export const AnimationEvents = z.array(AnimationEvent).min(1).max(ANIMATION_LIMITS.eventsPerMessage);

/** What a subscriber gets, in order. */
export const AnimationMessage = z.object({
  /** Whose face it is. */
  identity: z.string(),
  events: AnimationEvents,
  /** The oldest events that were left out since the message before, because they were not read in time. */
  dropped: z.number().int().min(0),
});
export type AnimationMessage = z.infer<typeof AnimationMessage>;
