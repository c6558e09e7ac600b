/**
 * The Avatar port. A face is asked for one picture at a time, for an instant that is given as a position in
 * the speech being played (one clock: audio samples), never by wall clock.
 */
import type { Expression, GazeTarget, Gesture, VisemeEvent } from '../../protocol/timeline.ts';

export type { FaceState } from '../../protocol/timeline.ts';

/** Everything that decides how the face looks at one instant. */
export interface Instant extends Expression {
  /** Milliseconds on the playout clock, monotonic: drives breathing, blinking, swaying. Never speech. */
  atMs: number;
  /** The speech being heard at this instant; absent in silence and while paused. */
  speech?: { turnId: string; sample: number };
  /** Absent: where it pleases. */
  gaze?: GazeTarget;
  /** Counts the nods that were asked for: one more is a nod now. */
  nods?: number;
  /** No beats, nods and sway, and slower looks; mouth, lids and feelings as ever. */
  reducedMotion?: true;
}

/** How much of the face is drawn: all; half as large; so, and only mouth and lids move. */
export type Detail = 'full' | 'small' | 'still';

/** A stretch of a turn's speech: positions count from the start of the turn. */
export interface SpeechTimeline {
  turnId: string;
  events: VisemeEvent[];
  gestures?: Gesture[];
}

/** 4:2:0 planar picture, one buffer: Y, then U, then V. */
export interface I420 {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A face that we render ourselves. */
export interface Avatar {
  readonly width: number;
  readonly height: number;
  /** Adds speech that will be heard; may come in pieces, ahead of the samples it describes. */
  speech(timeline: SpeechTimeline): void;
  /** Forgets a turn that was cancelled or is over [T2]. */
  drop(turnId: string): void;
  /** Draws the face at an instant. The returned buffer is reused by the next call. */
  picture(instant: Instant, detail?: Detail): I420;
  close(): void;
}
