import type { AgentState, LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Mood } from '../media/messages.ts';
import type { SpokenChunk } from './turn.ts';

/**
 * The avatar's voice and face, as the session drives them. Every call names its turn [T2]. What the media threads play
 * and what animation subscribers are told are two consumers of the same calls.
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

/** Where a turn's time went: in short, and step by step. */
export interface Accounted {
  timing: TurnTiming;
  trace: TurnTrace;
}

/** What the people in the room are shown. */
export interface RoomView {
  log(entry: LogEntry): void;
  unlog(entryId: string): void;
  state(state: AgentState): void;
  timed(turn: Accounted): void;
}

/** What operators count. */
export interface SessionMetrics {
  interruption(outcome: 'cancelled' | 'resumed'): void;
  utterance(): void;
  providerError(stage: 'asr' | 'dialogue' | 'tts', category: string): void;
}
