import type { AgentState, LogEntry } from '../../protocol/conversation.ts';
import type { Accounted } from './trace.ts';

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
  /** @param silenceMs the silence that ended it */
  utterance(silenceMs: number): void;
  /** It hummed while somebody told something: they went on, or did not. */
  backchannel(outcome: 'hit' | 'missed'): void;
  /** Somebody went on with what had been taken for an utterance. */
  continued(): void;
  providerError(stage: 'asr' | 'dialogue' | 'tts', category: string): void;
}
