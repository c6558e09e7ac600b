import type { LogEntry } from '../../protocol/conversation.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { Room, Seat } from './room.ts';

/** What is known of a person from earlier calls, as far as they wish. */
export interface Recollection {
  memories: Fact[];
  /** The end of the conversation to be taken up again, oldest first. */
  earlier: LogEntry[];
}

/** Never throws, and never takes long: what cannot be recalled in time is not known. */
export type Recall = (seat: Seat, room: Room) => Recollection | Promise<Recollection>;

/** What is kept of rooms and their people, as agents need it. */
export interface RoomMemory {
  recall: Recall;
  /** Id of the conversation that goes on, where it is kept. */
  conversation(room: Room): string | undefined;
}

/** What is remembered of a person, after they have erased or corrected some of it. */
export interface MemoriesNow {
  memories: Fact[];
  /** Turns in which they told what is gone. */
  turns: string[];
}

/** Told when what is kept changes in the middle of a call. */
export interface KeptListener {
  /** Perhaps another conversation goes on in a room, or none that is kept. */
  conversationChanged(room: Room): void;
  /** What is recorded of a conversation is to be removed, or only that in which one of these people is. */
  eraseRecording(conversation: string, only?: readonly string[]): void;
  /** A person's memories are about to change: what is learned of them from the old ones comes too late. */
  memoriesChanging(person: string): void;
  /** They have changed, or have not after all. */
  memoriesChanged(person: string, now: MemoriesNow): void;
}

/** Those who give rooms their avatars. */
export interface Agents extends KeptListener {
  /** Id of the persona that the avatar takes when it is asked for this one. */
  personaFor(id: string | undefined): string | undefined;
}

export const NOTHING_RECALLED: Recollection = { memories: [], earlier: [] };

/** Nothing is kept. */
export const NO_MEMORY: RoomMemory = { recall: () => NOTHING_RECALLED, conversation: () => undefined };
