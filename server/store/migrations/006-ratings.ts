import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What somebody thought of a conversation: it goes with them, and with it. */
export const ratings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ratings')
      .addColumn('conversation_id', 'uuid', column => column.notNull())
      .addColumn('identity', 'text', column => column.notNull())
      .addColumn('stars', 'integer', column => column.notNull())
      .addColumn('line', 'text')
      .addColumn('rated_at', 'timestamptz', column => column.notNull())
      .addPrimaryKeyConstraint('ratings_pkey', ['conversation_id', 'identity', 'rated_at'])
      .addForeignKeyConstraint(
        'ratings_participant',
        ['conversation_id', 'identity'],
        'participants',
        ['conversation_id', 'identity'],
        constraint => constraint.onDelete('cascade'),
      )
      .execute();
    // The planner's figures hold samples: of what belongs to people there are none.
    for (const column of ['identity', 'line'])
      await sql`alter table ratings alter column ${sql.ref(column)} set statistics 0`.execute(db);
  },
};
