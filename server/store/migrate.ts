import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { SchemaTooNewError } from './errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Schema } from './schema.ts';

/** Brings the tables up to date, forward only. Throws {@link SchemaTooNewError}; then nothing was changed. */
export async function migrate(db: Kysely<Schema>, migrations: Record<string, Migration> = MIGRATIONS): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const unknown = (await applied(db)).filter(name => !Object.hasOwn(migrations, name));
  if (unknown.length > 0)
    throw new SchemaTooNewError(
      `the database was written by a newer Visavis (it knows ${unknown.join(', ')}, this version does not): start that version again, or give this one a database of its own (another dataDir, another DATABASE_URL)`,
    );
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function applied(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const rows = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return rows.map(({ name }) => name);
}
