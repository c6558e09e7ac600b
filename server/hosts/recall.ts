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

export const NOTHING_RECALLED: Recollection = { memories: [], earlier: [] };
