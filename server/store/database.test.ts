import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { HAS_POSTGRES, TestPostgres } from '../testing/postgres.ts';
import { databaseContract } from './contract/contract.ts';
import { freshFolder } from './contract/subject.ts';
import { Database } from './database.ts';

databaseContract('PGlite', async () => ({ dataDir: freshFolder() }));

describe.skipIf(!HAS_POSTGRES)('with a real PostgreSQL (skipped where there is none)', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  }, 60_000);
  afterAll(() => postgres?.close());

  it('sweeps while others read and write, and never locks them out', async () => {
    const url = await postgres.database();
    const [database, other] = [0, 1].map(() => new Database({ dataDir: freshFolder(), url })) as [Database, Database];
    await database.ready();
    const swept = await other.db.transaction().execute(async tx => {
      await tx.selectFrom('messages').selectAll().execute();
      return Promise.race([database.compact().then(() => true), new Promise(late => setTimeout(late, 30_000).unref())]);
    });
    expect(swept).toBe(true);
    await Promise.all([database.close(), other.close()]);
  });

  databaseContract('PostgreSQL', async () => ({ dataDir: freshFolder(), url: await postgres.database() }));
});

describe('a database that cannot be opened', () => {
  it('says what DATABASE_URL must look like', () => {
    expect(() => new Database({ dataDir: '/nowhere', url: 'mysql://x' })).toThrow(OperatorError);
  });

  it('says what to do with a folder that is damaged', async () => {
    const dataDir = freshFolder();
    fs.mkdirSync(`${dataDir}/database`);
    fs.writeFileSync(`${dataDir}/database/PG_VERSION`, '18\n');
    const database = new Database({ dataDir });
    await expect(database.ready()).rejects.toThrow(/restore the folder from a backup/);
    await database.close().catch(() => {});
    fs.rmSync(dataDir, { recursive: true });
  });
});
