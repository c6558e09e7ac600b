import type { LogEntry } from '../../protocol/conversation.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { Room, Seat } from '../rooms/room.ts';

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

export const NOTHING_RECALLED: Recollection = { memories: [], earlier: [] };

/** Nothing is kept. */
export const NO_MEMORY: RoomMemory = { recall: () => NOTHING_RECALLED, conversation: () => undefined };
