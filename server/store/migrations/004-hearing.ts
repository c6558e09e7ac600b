import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether somebody was allowed to watch and listen while they were there; of those before, everybody was. */
export const hearing: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('stays')
      .addColumn('hears', 'boolean', column => column.notNull().defaultTo(true))
      .execute();
  },
};
