/** Conversations that did not come to their end: the server was killed, or nobody said anything any more. */
import { type Kysely, sql } from 'kysely';
import type { LogEntry } from '../../protocol/conversation.ts';
import { type Before, earsOf } from '../rooms/returning.ts';
import type { Heard } from '../rooms/room-log.ts';
import { type Spoken, tailOf } from './conversations.ts';
import type { Ending } from './records.ts';
import type { Schema } from './schema.ts';

export interface Unfinished {
  id: string;
  room: string;
  log: Heard[];
  /** Who took part in it. */
  people: Before[];
}

/** What this server was in the middle of when it ended, if that is not long ago; `entries` of each log at most. */
export async function unfinishedSince(
  db: Kysely<Schema>,
  asked: { server: string; sinceMs: number; limit: number; entries: number },
): Promise<Unfinished[]> {
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'room'])
    .where('server', '=', asked.server)
    .where('ended_at', 'is', null)
    .where('last_at', '>=', new Date(asked.sinceMs))
    .orderBy('last_at', 'desc')
    .limit(asked.limit)
    .execute();
  return Promise.all(
    rows.map(async ({ id, room }) => ({
      id,
      room,
      log: await heardIn(db, id, asked.entries),
      people: await db
        .selectFrom('participants')
        .select(['identity', 'person'])
        .where('conversation_id', '=', id)
        .execute(),
    })),
  );
}

/** What was said last in a conversation, and who was there then. */
async function heardIn(db: Kysely<Schema>, id: string, limit: number): Promise<Heard[]> {
  const stays = await db
    .selectFrom('stays')
    .innerJoin('participants', join =>
      join
        .onRef('participants.conversation_id', '=', 'stays.conversation_id')
        .onRef('participants.identity', '=', 'stays.identity'),
    )
    .select(['stays.identity', 'person', 'stays.joined_at', 'stays.left_at'])
    .where('stays.conversation_id', '=', id)
    .where('stays.hears', '=', true)
    .execute();
  return (await tailOf(db, id, limit, { all: true })).map(message => {
    const at = new Date(message.createdAt);
    const there = stays.filter(({ joined_at, left_at }) => joined_at <= at && (left_at === null || at <= left_at));
    return { entry: logEntry(message), by: new Set(there.flatMap(earsOf)) };
  });
}

interface Ended {
  server?: string;
  beforeMs: number;
  /** Conversations of this process: the clock that tells the time may have been set meanwhile. */
  goingOn?: readonly string[];
}

/** Entries that were still growing when this server ended before then, are ended as they stand: that much was heard. */
export async function closeGrowing(
  db: Kysely<Schema>,
  { server, beforeMs, goingOn = [] }: Ended & { server: string },
): Promise<void> {
  await db
    .updateTable('messages')
    .set({ final: true, interrupted: sql<boolean>`role = 'avatar'` })
    .where('final', '=', false)
    .where('spoken_until', '<', new Date(beforeMs))
    .$if(goingOn.length > 0, query => query.where('conversation_id', 'not in', goingOn))
    .where('conversation_id', 'in', query =>
      query.selectFrom('conversations').select('id').where('server', '=', server).where('ended_at', 'is', null),
    )
    .execute();
}

/** Ends what has not been heard of since then: this server's, or with `server` left out, everybody's. */
export async function endSilent(
  db: Kysely<Schema>,
  { server, beforeMs, goingOn = [], ending }: Ended & { ending: Ending },
): Promise<void> {
  let query = db
    .updateTable('conversations')
    .set(({ ref }) => ({ ended_at: ref('last_at'), ending }))
    .where('ended_at', 'is', null)
    .where('last_at', '<', new Date(beforeMs));
  if (server !== undefined) query = query.where('server', '=', server);
  if (goingOn.length > 0) query = query.where('id', 'not in', goingOn);
  await query.execute();
}

/** A kept message as the room's log and the agent know it. */
export const logEntry = (message: Omit<Spoken, 'person'>): LogEntry => ({
  id: message.id,
  turnId: message.turnId,
  ...(message.answers !== null && { answers: message.answers }),
  speaker: message.speaker,
  speakerName: message.speakerName,
  role: message.role,
  source: message.source,
  text: message.text,
  ...(message.audience !== null && { audience: message.audience }),
  final: true,
  ...(message.interrupted && { interrupted: true }),
  atMs: Date.parse(message.spokenAt),
  ...(message.language !== null && { language: message.language }),
  ...(message.feeling !== null && { feeling: message.feeling }),
});
