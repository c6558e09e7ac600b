/** What happens in rooms, as it is put down: the journal keeps these, the database is written from them. */
import type { LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { TurnTrace } from '../../protocol/trace.ts';

/** Why a conversation ended; `withdrawn`: somebody took out what was theirs, and what others said then is another. */
export type Ending = 'left' | 'idle' | 'lost' | 'withdrawn';

interface OfConversation {
  /** UUID. */
  conversation: string;
  /** When it happened, Unix ms. */
  atMs: number;
}

/** One thing that happened. Every record may be applied twice and changes nothing the second time. */
export type ConversationRecord =
  | (OfConversation & { type: 'begin'; room: string })
  /** It goes on after all: its people have come back. */
  | (OfConversation & { type: 'resume' })
  | (OfConversation & { type: 'join'; identity: string; name: string; person?: string; hears?: boolean })
  | (OfConversation & { type: 'leave'; identity: string })
  | (OfConversation & { type: 'persona'; persona: string; name: string; avatar?: string })
  /** An entry as it stands; sent again, whole, while it grows. */
  | (OfConversation & { type: 'say'; entry: LogEntry })
  | (OfConversation & { type: 'unsay'; entryId: string })
  | (OfConversation & { type: 'turn'; timing: TurnTiming; trace?: TurnTrace })
  | (OfConversation & { type: 'end'; ending: Ending })
  | (OfConversation & { type: 'rating'; identity: string; stars: number; line?: string })
  | (OfConversation & { type: 'facts'; person: string; persona?: string; turnId: string; facts: Fact[] })
  | { type: 'upload'; id: string; person: string; atMs: number; expiresAtMs?: number }
  | { type: 'upload-removed'; id: string; atMs: number }
  /** A voice is about to be made at a vendor, is made, or is gone there. */
  | { type: 'voice'; name: string; portrait: string; vendor: string; voice?: string; atMs: number }
  | { type: 'voice-gone'; name: string; atMs: number };

export type RecordOf<T extends ConversationRecord['type']> = Extract<ConversationRecord, { type: T }>;

/** A record with its place in the journal: 1, 2, 3 … */
export interface Journaled {
  seq: number;
  record: ConversationRecord;
}
