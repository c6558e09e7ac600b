import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Columns that hold what people said or are called: the planner keeps no samples of them elsewhere. */
const PERSONAL = {
  participants: ['identity', 'name', 'person'],
  messages: ['text', 'speaker', 'speaker_name'],
  memories: ['person', 'value', 'text'],
  uploads: ['id', 'person'],
};

export const conversations: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    const now = sql`now()`;
    await schema
      .createTable('conversations')
      .addColumn('id', 'uuid', column => column.primaryKey())
      .addColumn('server', 'text', column => column.notNull())
      .addColumn('room', 'text', column => column.notNull())
      .addColumn('started_at', 'timestamptz', column => column.notNull())
      .addColumn('last_at', 'timestamptz', column => column.notNull())
      .addColumn('ended_at', 'timestamptz')
      .addColumn('ending', 'text')
      .execute();
    await schema
      .createTable('participants')
      .addColumn('conversation_id', 'uuid', column => column.references('conversations.id').onDelete('cascade'))
      .addColumn('identity', 'text', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('person', 'text')
      .addColumn('joined_at', 'timestamptz', column => column.notNull())
      .addColumn('left_at', 'timestamptz')
      .addPrimaryKeyConstraint('participants_pkey', ['conversation_id', 'identity'])
      .execute();
    await schema
      .createTable('personas_in_use')
      .addColumn('conversation_id', 'uuid', column => column.references('conversations.id').onDelete('cascade'))
      .addColumn('persona', 'text', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('avatar', 'text')
      .addColumn('since', 'timestamptz', column => column.notNull())
      .addPrimaryKeyConstraint('personas_in_use_pkey', ['conversation_id', 'persona'])
      .execute();
    await schema
      .createTable('messages')
      .addColumn('conversation_id', 'uuid', column => column.references('conversations.id').onDelete('cascade'))
      .addColumn('id', 'text', column => column.notNull())
      .addColumn('position', 'bigint', column => column.notNull())
      .addColumn('turn_id', 'text', column => column.notNull())
      .addColumn('speaker', 'text', column => column.notNull())
      .addColumn('speaker_name', 'text', column => column.notNull())
      .addColumn('role', 'text', column => column.notNull())
      .addColumn('source', 'text', column => column.notNull())
      .addColumn('text', 'text', column => column.notNull())
      .addColumn('final', 'boolean', column => column.notNull())
      .addColumn('interrupted', 'boolean', column => column.notNull())
      .addColumn('language', 'text')
      .addColumn('feeling', 'jsonb')
      .addColumn('spoken_at', 'timestamptz', column => column.notNull())
      .addColumn('spoken_until', 'timestamptz', column => column.notNull())
      .addColumn('created_at', 'timestamptz', column => column.notNull().defaultTo(now))
      .addPrimaryKeyConstraint('messages_pkey', ['conversation_id', 'id'])
      .execute();
    await schema
      .createTable('turns')
      .addColumn('conversation_id', 'uuid', column => column.references('conversations.id').onDelete('cascade'))
      .addColumn('turn_id', 'text', column => column.notNull())
      .addColumn('outcome', 'text', column => column.notNull())
      .addColumn('source', 'text', column => column.notNull())
      .addColumn('sounded', 'boolean', column => column.notNull())
      .addColumn('voice_to_voice_ms', 'double precision', column => column.notNull())
      .addColumn('stages', 'jsonb', column => column.notNull())
      .addColumn('created_at', 'timestamptz', column => column.notNull())
      .addPrimaryKeyConstraint('turns_pkey', ['conversation_id', 'turn_id'])
      .execute();
    await schema
      .createTable('memories')
      .addColumn('id', 'uuid', column => column.primaryKey().defaultTo(sql`gen_random_uuid()`))
      .addColumn('person', 'text', column => column.notNull())
      .addColumn('key', 'text', column => column.notNull())
      .addColumn('value', 'text', column => column.notNull())
      .addColumn('text', 'text', column => column.notNull())
      .addColumn('persona', 'text')
      .addColumn('conversation_id', 'uuid', column => column.references('conversations.id').onDelete('set null'))
      .addColumn('turn_id', 'text')
      .addColumn('edited', 'boolean', column => column.notNull().defaultTo(false))
      .addColumn('created_at', 'timestamptz', column => column.notNull())
      .addColumn('updated_at', 'timestamptz', column => column.notNull())
      .addUniqueConstraint('memories_person_key', ['person', 'key'])
      .execute();
    await schema
      .createTable('uploads')
      .addColumn('id', 'text', column => column.primaryKey())
      .addColumn('person', 'text', column => column.notNull())
      .addColumn('created_at', 'timestamptz', column => column.notNull())
      .addColumn('expires_at', 'timestamptz')
      .execute();
    await schema
      .createTable('journals')
      .addColumn('id', 'text', column => column.primaryKey())
      .addColumn('position', 'bigint', column => column.notNull())
      .execute();

    const index = (name: string, table: string, columns: string[]) =>
      schema.createIndex(name).on(table).columns(columns).execute();
    await index('conversations_started', 'conversations', ['started_at', 'id']);
    await index('conversations_last', 'conversations', ['last_at']);
    await index('participants_person', 'participants', ['person']);
    await index('messages_position', 'messages', ['conversation_id', 'position']);
    await index('memories_conversation', 'memories', ['conversation_id']);
    await index('uploads_person', 'uploads', ['person']);
    for (const [table, columns] of Object.entries(PERSONAL))
      for (const column of columns)
        await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} set statistics 0`.execute(db);
  },
};
