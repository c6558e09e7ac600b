/** Deleting. The rows are gone when these resolve; `Database.compact` takes them out of the files. */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Erased } from '../../protocol/conversations.ts';
import type { Schema } from './schema.ts';

/** For everybody, whoever took part in it; false when there is none. */
export async function deleteConversation(db: Kysely<Schema>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('conversations').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Of a conversation what is one person's to take out. */
interface Part {
  /** As whom they were in it. */
  identities: string[];
  /** Nobody else took part in it, known or not: all of it is theirs. */
  whole: boolean;
  /** Ids of their words, and of what the avatar answered to these and to nobody else's. */
  messages: string[];
}

/** The turns that these people opened. */
const turnsOf = (db: Kysely<Schema>, id: string, identities: string[]) =>
  db
    .selectFrom('messages')
    .select('turn_id')
    .where('conversation_id', '=', id)
    .where('role', '=', 'user')
    .where('speaker', 'in', identities);

/**
 * By what they said, not by what was said of them: a text that has somebody's name in it may be about anything. Undefined
 * where they were not in it.
 */
async function partOf(db: Kysely<Schema>, id: string, person: string): Promise<Part | undefined> {
  const people = await db
    .selectFrom('participants')
    .select(['identity', 'person'])
    .where('conversation_id', '=', id)
    .execute();
  const identities = people.filter(each => each.person === person).map(({ identity }) => identity);
  if (identities.length === 0) return undefined;
  const whole = identities.length === people.length;
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('conversation_id', '=', id)
    .$if(!whole, query => query.where(theirs(db, id, identities)))
    .execute();
  return { identities, whole, messages: rows.map(row => row.id) };
}

const theirs =
  (db: Kysely<Schema>, id: string, identities: string[]) =>
  ({ or, and, eb }: ExpressionBuilder<Schema, 'messages'>) =>
    or([
      and([eb('role', '=', 'user'), eb('speaker', 'in', identities)]),
      and([eb('role', '=', 'avatar'), eb('answers', 'is not', null), answersOnly(identities)]),
      // Written before it was told what it answers.
      and([eb('role', '=', 'avatar'), eb('answers', 'is', null), eb('turn_id', 'in', turnsOf(db, id, identities))]),
    ]);

/** Of the words that a message answers and that are still there: all are theirs, and there are some. */
const answersOnly = (identities: string[]) =>
  sql<boolean>`coalesce((
    select bool_and(said.speaker in (${sql.join(identities)}))
    from jsonb_array_elements_text(messages.answers) as answered(id)
    join messages as said on said.conversation_id = messages.conversation_id and said.id = answered.id
  ), false)`;

/** What will be gone of a conversation: ids of what was said, and who said it where others' words stay. */
export async function doomed(
  db: Kysely<Schema>,
  id: string,
  person?: string,
): Promise<{ entries: string[]; only?: string[] }> {
  if (person === undefined) {
    const rows = await db.selectFrom('messages').select('id').where('conversation_id', '=', id).execute();
    return { entries: rows.map(row => row.id) };
  }
  const part = await partOf(db, id, person);
  if (part === undefined) return { entries: [], only: [] };
  return { entries: part.messages, ...(!part.whole && { only: part.identities }) };
}

/** For one person: what is theirs, and all of it where nobody else took part. */
export function withdraw(
  db: Kysely<Schema>,
  id: string,
  person: string,
): Promise<{ outcome: 'gone' | 'withdrawn' | 'not-theirs'; messages: number }> {
  return db.transaction().execute(async tx => {
    const part = await partOf(tx, id, person);
    if (part === undefined) return { outcome: 'not-theirs', messages: 0 };
    if (part.whole) {
      await tx.deleteFrom('conversations').where('id', '=', id).execute();
      return { outcome: 'gone', messages: part.messages.length };
    }
    const { identities } = part;
    const gone = await tx
      .deleteFrom('messages')
      .where('conversation_id', '=', id)
      .where(theirs(tx, id, identities))
      .returning('turn_id')
      .execute();
    await deleteTurns(tx, id, [...new Set(gone.map(({ turn_id }) => turn_id))]);
    const people = tx.deleteFrom('participants').where('conversation_id', '=', id);
    await people.where('identity', 'in', identities).execute();
    return { outcome: 'withdrawn', messages: part.messages.length };
  });
}

/** Of these, those of whose answer nothing is left. */
async function deleteTurns(db: Kysely<Schema>, id: string, turns: string[]): Promise<void> {
  await db
    .deleteFrom('turns')
    .where('conversation_id', '=', id)
    .where(sql<boolean>`turn_id in (select jsonb_array_elements_text(${JSON.stringify(turns)}::jsonb))`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('messages')
            .select('messages.id')
            .whereRef('messages.conversation_id', '=', 'turns.conversation_id')
            .whereRef('messages.turn_id', '=', 'turns.turn_id')
            .where('messages.role', '=', 'avatar'),
        ),
      ),
    )
    .execute();
}

/** One memory of theirs, or all; how many there were. */
export async function deleteMemories(db: Kysely<Schema>, person: string, id?: string): Promise<number> {
  let query = db.deleteFrom('memories').where('person', '=', person);
  if (id !== undefined) query = query.where('id', '=', id);
  return Number((await query.executeTakeFirst()).numDeletedRows);
}

/** Ids of the portraits they have made. */
export async function uploadsOf(db: Kysely<Schema>, person: string): Promise<string[]> {
  const rows = await db.selectFrom('uploads').select('id').where('person', '=', person).execute();
  return rows.map(({ id }) => id);
}

/** Everything that is tied to a person. */
export async function erasePerson(db: Kysely<Schema>, person: string): Promise<Erased> {
  const theirs = await db
    .selectFrom('participants')
    .select('conversation_id')
    .distinct()
    .where('person', '=', person)
    .execute();
  let messages = 0;
  for (const { conversation_id } of theirs) messages += (await withdraw(db, conversation_id, person)).messages;
  const memories = await deleteMemories(db, person);
  const uploads = await db.deleteFrom('uploads').where('person', '=', person).executeTakeFirst();
  return {
    conversations: theirs.length,
    messages,
    memories,
    uploads: Number(uploads.numDeletedRows),
  };
}

/** Deletes what ended longer ago than that, and forgets uploads that are over; ids of the conversations. */
export async function expire(db: Kysely<Schema>, retentionDays: number, nowMs: number): Promise<string[]> {
  await db.deleteFrom('uploads').where('expires_at', '<', new Date(nowMs)).execute();
  if (retentionDays === 0) return [];
  const gone = await db
    .deleteFrom('conversations')
    .where(sql<Date>`coalesce(ended_at, last_at)`, '<', new Date(nowMs - retentionDays * 86_400_000))
    .returning('id')
    .execute();
  return gone.map(({ id }) => id);
}
