import type { LogEntry } from '../../protocol/conversation.ts';
import type { Admission } from '../auth/tokens.ts';
import type { AvatarChoice } from '../rooms/room.ts';
import type { Withheld } from './withheld.ts';

/** An entry whose words are still coming. */
export interface Growing {
  putDownMs: number;
  entry: LogEntry;
  /** It has grown since it was put down. */
  waiting: boolean;
  timer?: NodeJS.Timeout;
}

export interface Live {
  id: string;
  /** When something was last said or somebody came: on the monotonic clock, and as people read it. */
  lastMs: number;
  lastUnixMs: number;
  growing: Map<string, Growing>;
  avatar?: AvatarChoice;
  /** Who took part in it, of those who are known from call to call, by identity. */
  persons: Map<string, string>;
  withheld: Withheld;
  /** Who asked to be remembered, by identity: they may have left when it is told what was learned of them. */
  remembered: Map<string, string>;
  over: boolean;
}

/** A conversation that may go on when its people come back. */
export interface Resumable {
  id: string;
  room: string;
  isFor(admission: Admission): boolean;
}

/** What is to be deleted. */
export interface Deleted {
  isGone(conversation: string, persons: ReadonlySet<string>): boolean;
  /** Whose words; without, everybody's. */
  person?: string;
}

/** No person who is known. */
export const NOBODY: ReadonlySet<string> = new Set();
/** Who of those who are known takes part in it. */
export const personsIn = ({ persons }: Live): ReadonlySet<string> => new Set(persons.values());
