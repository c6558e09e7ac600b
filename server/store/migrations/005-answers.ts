import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which messages each of the avatar's answers; of those before, the turn is all that tells it. */
export const answers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('messages').addColumn('answers', 'jsonb').execute();
  },
};
