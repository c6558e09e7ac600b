import type { Kysely, Selectable } from 'kysely';
import type { MemoryChange } from '../../protocol/conversations.ts';
import { type Fact, MEMORY_LIMITS, type Memory } from '../../protocol/memory.ts';
import type { MemoriesTable, Schema } from './schema.ts';

/** Everything known of a person, latest first. */
export async function memoriesOf(db: Kysely<Schema>, person: string): Promise<Memory[]> {
  const rows = await db
    .selectFrom('memories')
    .selectAll()
    .where('person', '=', person)
    .orderBy('updated_at', 'desc')
    .orderBy('key')
    .limit(MEMORY_LIMITS.facts)
    .execute();
  return rows.map(memory);
}

/** The person puts something right; undefined when nothing of theirs has this id. */
export async function changeMemory(
  db: Kysely<Schema>,
  person: string,
  id: string,
  change: MemoryChange,
): Promise<Memory | undefined> {
  const row = await db
    .updateTable('memories')
    .set({ ...change, edited: true, updated_at: new Date() })
    .where('person', '=', person)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && memory(row);
}

/** As an agent is told of it. */
export const factOf = ({ key, value, text }: Memory): Fact => ({ key, value, text });

const memory = (row: Selectable<MemoriesTable>): Memory => ({
  id: row.id,
  key: row.key,
  value: row.value,
  text: row.text,
  persona: row.persona,
  conversationId: row.conversation_id,
  turnId: row.turn_id,
  edited: row.edited,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
