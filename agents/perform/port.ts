/** The performance port: the avatar's voice and face, as a conversation drives them. */
import type { Expression, GazeTarget, VisemeEvent } from '../../protocol/timeline.ts';

/** How the face is to look from now on. */
export interface Mood extends Expression {
  gaze?: GazeTarget;
  /** Counts the nods that were asked for. */
  nods?: number;
}

/** A sentence of the answer, ready to be heard: 48 kHz mono, events from the turn's start. */
export interface SpokenChunk {
  pcm: Int16Array;
  events: VisemeEvent[];
}

/**
 * What is performed. Every call names its turn [T2]. What the media threads play and what animation subscribers are
 * told are two consumers of the same calls.
 */
export interface Performance {
  begin(turnId: string): void;
  speech(turnId: string, chunk: SpokenChunk): void;
  /** No more speech will come for the turn. */
  complete(turnId: string): void;
  pause(turnId: string): void;
  resume(turnId: string): void;
  cancel(turnId: string): void;
  mood(mood: Mood): void;
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
