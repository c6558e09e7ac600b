/** The performance port: the avatar's voice and face, as a conversation drives them. */
import type { Expression, GazeTarget, Gesture, VisemeEvent } from '../../protocol/timeline.ts';

/** How the face is to look from now on. */
export interface Mood extends Expression {
  gaze?: GazeTarget;
  /** Counts the nods that were asked for. */
  nods?: number;
  /** Those who watch want little movement: no gestures, no sway. */
  reducedMotion?: true;
}

/** A sentence of the answer, ready to be heard: 48 kHz mono, events from the turn's start. */
export interface SpokenChunk {
  pcm: Int16Array;
  events: VisemeEvent[];
  gestures?: Gesture[];
}

/** The same, for who only looks on: its samples can be read during the call, and neither kept nor given away. */
export interface LentChunk {
  readonly pcm: { readonly length: number; readonly [index: number]: number };
  readonly events: readonly VisemeEvent[];
  readonly gestures?: readonly Gesture[];
}

/** Who is told what is performed. Every call names its turn [T2]. */
export interface Follower {
  begin(turnId: string): void;
  speech(turnId: string, chunk: LentChunk): void;
  /** No more speech will come for the turn. */
  complete(turnId: string): void;
  pause(turnId: string): void;
  resume(turnId: string): void;
  cancel(turnId: string): void;
  mood(mood: Mood): void;
}

/** What a performance can do; asked before it is used. */
export interface PerformanceCapabilities {
  /**
   * Whether output can be held: to the sample, so that it goes on in mid-word [T3]; with some of it lost or said twice;
   * or not at all. Where it is not exact nothing is paused, and words over it cancel while it goes on.
   */
  pauses: 'exact' | 'coarse' | 'none';
  /** How it is known what was heard [T4]: counted where it leaves, told by the other side, or guessed from the time. */
  position: 'sample' | 'reported' | 'estimated';
  /** Whose mouth is seen: made from our events, or by who draws the face. */
  mouth: 'ours' | 'theirs';
}

/** Who performs. The samples of {@link speech} are its own from then on. */
export interface Performance extends Omit<Follower, 'speech'> {
  readonly capabilities: PerformanceCapabilities;
  speech(turnId: string, chunk: SpokenChunk): void;
}

/** What became of the speech that was handed over. */
export interface Progress {
  turnId: string;
  /** Samples of the turn that went out; the next is due at `dueUnixMs`. */
  samples: number;
  dueUnixMs: number;
  started?: boolean;
  done?: boolean;
}
