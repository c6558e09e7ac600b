import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was done when in each turn; of those before, it is not known. */
export const traces: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('turns').addColumn('trace', 'jsonb').execute();
  },
};
