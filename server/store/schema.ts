/** The tables, as the latest migration leaves them. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { TurnTiming } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { TurnTrace } from '../../protocol/trace.ts';

type Time = ColumnType<Date, Date | string, Date | string>;

export interface ConversationsTable {
  id: string;
  /** Id of the journal that writes it: of several servers on one database, this one's. */
  server: string;
  room: string;
  started_at: Time;
  /** When something was last said or somebody came. */
  last_at: Time;
  ended_at: Time | null;
  ending: string | null;
}

export interface ParticipantsTable {
  conversation_id: string;
  identity: string;
  name: string;
  /** Who this is from call to call; null: nobody that is known again. */
  person: string | null;
  /** First. */
  joined_at: Time;
  /** Last; null: they are there. */
  left_at: Time | null;
}

/** Each time that a participant was there. */
export interface StaysTable {
  conversation_id: string;
  identity: string;
  joined_at: Time;
  left_at: Time | null;
  /** They were allowed to watch and listen. */
  hears: Generated<boolean>;
}

export interface PersonasTable {
  conversation_id: string;
  persona: string;
  name: string;
  avatar: string | null;
  since: Time;
}

export interface MessagesTable {
  conversation_id: string;
  /** The log entry's. */
  id: string;
  /** Grows in the order in which entries began. */
  position: number;
  turn_id: string;
  /** Of the avatar's words: ids of the messages that they answer. Null: none, or written before that was told. */
  answers: JSONColumnType<string[]> | null;
  speaker: string;
  speaker_name: string;
  role: 'user' | 'avatar';
  source: 'voice' | 'text';
  text: string;
  /** Null: for everybody. */
  audience: 'people' | null;
  final: boolean;
  interrupted: boolean;
  language: string | null;
  feeling: JSONColumnType<Feeling> | null;
  /** First word. */
  spoken_at: Time;
  /** Last change of the words: until then it was spoken. */
  spoken_until: Time;
  created_at: Time;
}

export interface TurnsTable {
  conversation_id: string;
  turn_id: string;
  outcome: TurnTiming['outcome'];
  source: TurnTiming['source'];
  sounded: boolean;
  voice_to_voice_ms: number;
  stages: JSONColumnType<TurnTiming['stages']>;
  /** Null: it was written before turns were traced. */
  trace: JSONColumnType<TurnTrace> | null;
  created_at: Time;
}

/** What a participant thought of it. */
export interface RatingsTable {
  conversation_id: string;
  identity: string;
  /** 1 to 5. */
  stars: number;
  line: string | null;
  rated_at: Time;
}

export interface MemoriesTable {
  id: string;
  person: string;
  key: string;
  value: string;
  text: string;
  persona: string | null;
  conversation_id: string | null;
  turn_id: string | null;
  edited: boolean;
  created_at: Time;
  updated_at: Time;
}

/** Portraits, where it is known whose they are. */
export interface UploadsTable {
  id: string;
  person: string;
  created_at: Time;
  expires_at: Time | null;
}

/** Voices made of people's own: a row for each that is at a vendor, or may be. */
export interface VoicesTable {
  /** What we call it there. */
  name: string;
  /** Id of the journal that wrote it: the portrait is that server's. */
  server: string;
  /** Whose voice it is; a voice of a portrait that is gone is to be removed. */
  portrait: string;
  vendor: string;
  /** The vendor's name for it. Null: it was never told. */
  voice: string | null;
  created_at: Time;
}

/** How far each journal has been written. */
export interface JournalsTable {
  id: string;
  position: number;
}

export interface Schema {
  conversations: ConversationsTable;
  participants: ParticipantsTable;
  stays: StaysTable;
  personas_in_use: PersonasTable;
  messages: MessagesTable;
  turns: TurnsTable;
  ratings: RatingsTable;
  memories: MemoriesTable;
  uploads: UploadsTable;
  voices: VoicesTable;
  journals: JournalsTable;
}
