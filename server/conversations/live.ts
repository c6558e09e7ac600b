import type { LogEntry } from '../../protocol/conversation.ts';
import type { Admission } from '../auth/tokens.ts';
import type { AvatarChoice } from '../rooms/room.ts';
import type { Withheld } from './withheld.ts';

/** An entry whose words are still coming. */
export interface Growing {
  putDownMs: number;
  entry: LogEntry;
  /** The entry has grown since it was last put down in the journal. */
  waiting: boolean;
  timer?: NodeJS.Timeout;
}

/** A conversation, and what is said in it. */
export interface Going {
  is: 'going';
  id: string;
  /** When something was last said or somebody came: on the monotonic clock, and as people read it. */
  lastMs: number;
  lastUnixMs: number;
  growing: Map<string, Growing>;
  /** Who took part in it, of those who are known from call to call, by identity. */
  persons: Map<string, string>;
}

/** Its room has ended, or it is about to be deleted: nothing more is said in it; what was learned in it may still come. */
export interface Over {
  is: 'over';
  id: string;
  persons: ReadonlyMap<string, string>;
}

/** After a long silence, or when somebody took out what was theirs: what is said next begins another conversation. */
export interface Between {
  is: 'between';
}

export const BETWEEN: Between = { is: 'between' };
export const over = ({ id, persons }: Going): Over => ({ is: 'over', id, persons });

/** What still grows is put down no more. */
export function silence({ growing }: Going): void {
  for (const { timer } of growing.values()) clearTimeout(timer);
  growing.clear();
}

/** What is taken down of a room. */
export interface Live {
  state: Going | Over | Between;
  avatar?: AvatarChoice;
  withheld: Withheld;
  /** Who asked to be remembered, by identity: they may have left when it is told what was learned of them. */
  remembered: Map<string, string>;
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
export const personsIn = ({ persons }: Going | Over): ReadonlySet<string> => new Set(persons.values());
