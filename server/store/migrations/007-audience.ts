import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whom a message is for, where it is not for everybody. */
export const audience: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('messages').addColumn('audience', 'text').execute();
  },
};
