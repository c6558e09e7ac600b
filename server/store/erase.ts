/** Deleting. The rows are gone when these resolve; `Database.compact` takes them out of the files. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Erased } from '../../protocol/conversations.ts';
import { calls, mentioning } from '../../protocol/mentions.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** For everybody, whoever took part in it; false when there is none. */
export async function deleteConversation(db: Kysely<Schema>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('conversations').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ids of everything that was said in these. */
export async function entriesOf(db: Kysely<Schema>, conversations: ReadonlySet<string>): Promise<string[]> {
  if (conversations.size === 0) return [];
  const said = db.selectFrom('messages').select('id');
  const rows = await said.where('conversation_id', 'in', [...conversations]).execute();
  return rows.map(({ id }) => id);
}

/** For one person: all of it where nobody else is known to have taken part, else what is theirs. */
export function withdraw(
  db: Kysely<Schema>,
  id: string,
  person: string,
): Promise<{ outcome: 'gone' | 'withdrawn' | 'not-theirs'; messages: number }> {
  return db.transaction().execute(async tx => {
    const known = await tx
      .selectFrom('participants')
      .select(['identity', 'name', 'person'])
      .where('conversation_id', '=', id)
      .where('person', 'is not', null)
      .execute();
    if (!known.some(each => each.person === person)) return { outcome: 'not-theirs', messages: 0 };
    if (known.every(each => each.person === person)) {
      const { numDeletedRows } = await tx.deleteFrom('messages').where('conversation_id', '=', id).executeTakeFirst();
      await tx.deleteFrom('conversations').where('id', '=', id).execute();
      return { outcome: 'gone', messages: Number(numDeletedRows) };
    }
    const theirs = known.filter(each => each.person === person);
    const facts = await tx.selectFrom('memories').select('value').where('person', '=', person).execute();
    const messages = await takeOut(
      tx,
      id,
      theirs.map(({ identity }) => identity),
      [...theirs.flatMap(({ name }) => calls(name)), ...facts.map(({ value }) => value)],
    );
    return { outcome: 'withdrawn', messages };
  });
}

/**
 * Their words, the answers to them, what else the avatar said with a name or a fact of theirs in it, and their part in
 * it; how many messages that were.
 */
async function takeOut(tx: Tx, conversation: string, identities: string[], telling: string[]): Promise<number> {
  const said = await tx
    .deleteFrom('messages')
    .where('conversation_id', '=', conversation)
    .where('speaker', 'in', identities)
    .returning(['turn_id', 'speaker_name'])
    .execute();
  const turns = said.map(({ turn_id }) => turn_id);
  let answers = 0;
  if (turns.length > 0) {
    const ofTurns = (table: 'messages' | 'turns') =>
      tx.deleteFrom(table).where('conversation_id', '=', conversation).where('turn_id', 'in', turns).executeTakeFirst();
    answers = Number((await ofTurns('messages')).numDeletedRows);
    await ofTurns('turns');
  }
  const tells = mentioning([...telling, ...said.flatMap(({ speaker_name }) => calls(speaker_name))]);
  const spoken = await tx
    .selectFrom('messages')
    .select(['id', 'text'])
    .where('conversation_id', '=', conversation)
    .where('role', '=', 'avatar')
    .execute();
  const telltale = spoken.filter(({ text }) => tells(text)).map(({ id }) => id);
  if (telltale.length > 0)
    await tx.deleteFrom('messages').where('conversation_id', '=', conversation).where('id', 'in', telltale).execute();
  await tx
    .deleteFrom('participants')
    .where('conversation_id', '=', conversation)
    .where('identity', 'in', identities)
    .execute();
  return said.length + answers + telltale.length;
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
