import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Each time that somebody was there: a participant may come and go more than once. */
export const stays: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('stays')
      .addColumn('conversation_id', 'uuid', column => column.notNull())
      .addColumn('identity', 'text', column => column.notNull())
      .addColumn('joined_at', 'timestamptz', column => column.notNull())
      .addColumn('left_at', 'timestamptz')
      .addPrimaryKeyConstraint('stays_pkey', ['conversation_id', 'identity', 'joined_at'])
      .addForeignKeyConstraint(
        'stays_participant',
        ['conversation_id', 'identity'],
        'participants',
        ['conversation_id', 'identity'],
        constraint => constraint.onDelete('cascade'),
      )
      .execute();
    await sql`alter table stays alter column identity set statistics 0`.execute(db);
    await sql`insert into stays (conversation_id, identity, joined_at, left_at)
      select conversation_id, identity, joined_at, left_at from participants`.execute(db);
  },
};
