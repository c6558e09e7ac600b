import type { Kysely, Transaction } from 'kysely';
import type { RecordOf } from './records.ts';
import type { Schema } from './schema.ts';
import { clean, date } from './values.ts';

/** A voice that is at a vendor, or may be. */
export interface KeptVoice {
  /** What we call it there. */
  name: string;
  portrait: string;
  vendor: string;
  /** The vendor's name for it; absent: it was never told. */
  voice?: string;
  createdAtMs: number;
}

/** All of a server's, the oldest first. */
export async function keptVoices(db: Kysely<Schema>, server: string): Promise<KeptVoice[]> {
  const rows = await db.selectFrom('voices').selectAll().where('server', '=', server).orderBy('created_at').execute();
  return rows.map(({ name, portrait, vendor, voice, created_at }) => ({
    name,
    portrait,
    vendor,
    ...(voice !== null && { voice }),
    createdAtMs: created_at.getTime(),
  }));
}

/** Voices that were made, or are about to be, and those that are gone at their vendors. */
export async function writeVoices(
  tx: Transaction<Schema>,
  server: string,
  { made, gone }: { made: readonly RecordOf<'voice'>[]; gone: readonly string[] },
): Promise<void> {
  for (const { name, portrait, vendor, voice, atMs } of made)
    await tx
      .insertInto('voices')
      .values({
        name,
        server,
        portrait,
        vendor,
        voice: voice === undefined ? null : clean(voice),
        created_at: date(atMs),
      })
      .onConflict(conflict =>
        voice === undefined
          ? conflict.column('name').doNothing()
          : conflict.column('name').doUpdateSet({ voice: clean(voice) }),
      )
      .execute();
  if (gone.length > 0) await tx.deleteFrom('voices').where('name', 'in', gone).execute();
}
