import type { Transaction } from 'kysely';
import type { RecordOf } from './records.ts';
import type { Schema } from './schema.ts';
import { clean, date } from './values.ts';

/** Portraits that somebody has made, or that are no more. */
export async function writeUploads(
  tx: Transaction<Schema>,
  { added, removed }: { added: readonly RecordOf<'upload'>[]; removed: readonly string[] },
): Promise<void> {
  if (added.length > 0)
    await tx
      .insertInto('uploads')
      .values(
        added.map(({ id, person, atMs, expiresAtMs }) => ({
          id,
          person: clean(person),
          created_at: date(atMs),
          expires_at: expiresAtMs === undefined ? null : date(expiresAtMs),
        })),
      )
      .onConflict(conflict => conflict.column('id').doNothing())
      .execute();
  if (removed.length > 0) await tx.deleteFrom('uploads').where('id', 'in', removed).execute();
}
