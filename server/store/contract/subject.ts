import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LogEntry, TurnTiming } from '../../../protocol/conversation.ts';
import { ConversationQuery } from '../../../protocol/conversations.ts';
import { listConversations, readConversation } from '../conversations.ts';
import { Database } from '../database.ts';
import { ingest } from '../ingest.ts';
import type { ConversationRecord, Journaled } from '../records.ts';

export const T0 = Date.UTC(2026, 0, 5, 10);
export const EVERYTHING = { all: true };
export const JOURNAL = 'journal-of-this-test';

export const TIMING: TurnTiming = {
  turnId: 't1',
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs: 480.5,
  stages: { endpointingMs: 250, asrMs: 30.5, dialogueMs: 100, ttsMs: 80, playoutMs: 20 },
};

/** What Ann said. */
export const said = (id: string, text: string, over: Partial<LogEntry> = {}): LogEntry => ({
  id,
  turnId: id,
  speaker: 'ann-1',
  speakerName: 'Ann',
  role: 'user',
  source: 'voice',
  text,
  final: true,
  atMs: T0,
  ...over,
});

/** A folder that whoever asks removes. */
export const freshFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-store-'));

/** Where a database lies, or shall lie. */
export interface Place {
  dataDir: string;
  url?: string;
}

/** The database under test, with what is said into it and read from it. */
export class StoreSubject {
  database!: Database;
  /** Of the last record. */
  seq = 0;
  #place!: Place;

  open(place: Place): void {
    this.#place = place;
    this.database = new Database(place);
  }

  /** Another database over the same place; whoever asks waits for it to be ready. */
  async reopen(): Promise<void> {
    await this.database.close();
    this.open(this.#place);
  }

  journaled = (records: ConversationRecord[]): Journaled[] => records.map(record => ({ seq: ++this.seq, record }));
  write = (...records: ConversationRecord[]) => ingest(this.database.db, JOURNAL, this.journaled(records));
  read = (id: string, you?: string) => readConversation(this.database.db, id, readerOf(you));
  list = (asked: Record<string, unknown> = {}, you?: string) =>
    listConversations(this.database.db, ConversationQuery.parse(asked), readerOf(you));

  /** A conversation of one person with Ollie; more may be said in it. */
  begun = async (person?: string, room = 'red', atMs = T0) => {
    const conversation = randomUUID();
    await this.write(
      { type: 'begin', conversation, room, atMs },
      { type: 'join', conversation, identity: 'ann-1', name: 'Ann', ...(person !== undefined && { person }), atMs },
      { type: 'persona', conversation, persona: 'ollie', name: 'Ollie', avatar: 'ollie', atMs },
    );
    const say = (entry: LogEntry, saidMs = atMs): ConversationRecord => ({
      type: 'say',
      conversation,
      entry,
      atMs: saidMs,
    });
    return { conversation, say };
  };

  learned = (conversation: string, person: string, key: string, value: string, atMs = T0) =>
    this.write({
      type: 'facts',
      conversation,
      person,
      persona: 'june',
      turnId: 't1',
      facts: [{ key, value, text: `It is ${value}.` }],
      atMs,
    });

  async close(): Promise<void> {
    await this.database?.close();
    fs.rmSync(this.#place.dataDir, { recursive: true, force: true });
  }
}

const readerOf = (you?: string) => (you === undefined ? EVERYTHING : { all: false, you });
