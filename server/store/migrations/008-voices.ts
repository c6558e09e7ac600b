import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Voices that were made of people's own, at their vendors: each is here until it is gone there. Whose they are is not
 * told but by the portrait.
 */
export const voices: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('voices')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('server', 'text', column => column.notNull())
      .addColumn('portrait', 'text', column => column.notNull())
      .addColumn('vendor', 'text', column => column.notNull())
      .addColumn('voice', 'text')
      .addColumn('created_at', 'timestamptz', column => column.notNull())
      .execute();
  },
};
