import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshFolder } from '../contract/subject.ts';
import { PgliteDialect } from './dialect.ts';

let place: string;
let usedSeconds: number;
let db: Kysely<{ words: { text: string } }>;
const open = (queryTimeoutMs?: number) => {
  const folder = path.join(place, 'database');
  usedSeconds = 0;
  const used = (cpuSeconds: number) => {
    usedSeconds += cpuSeconds;
  };
  db = new Kysely({ dialect: new PgliteDialect({ folder, used, ...(queryTimeoutMs && { queryTimeoutMs }) }) });
};
const words = async () => (await db.selectFrom('words').select('text').execute()).map(({ text }) => text);
const table = () => db.schema.createTable('words').addColumn('text', 'text').execute();

beforeEach(() => {
  place = freshFolder();
});
afterEach(async () => {
  await db.destroy();
  fs.rmSync(place, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('is opened again when its thread has died, and a transaction of that moment has not happened', async () => {
    open();
    await table();
    await db.insertInto('words').values({ text: 'before' }).execute();
    const spy = vi.spyOn(Worker.prototype, 'postMessage');
    const interrupted = db.transaction().execute(async tx => {
      await tx.insertInto('words').values({ text: 'half' }).execute();
      await (spy.mock.contexts[0] as Worker).terminate();
      await tx.insertInto('words').values({ text: 'other half' }).execute();
    });
    await expect(interrupted).rejects.toThrow(/thread of the embedded database has ended/);
    spy.mockRestore();
    await db.insertInto('words').values({ text: 'after' }).execute();
    expect(await words()).toEqual(['before', 'after']);
  }, 180_000);

  it('is opened again when it does not answer', async () => {
    open(1000);
    await table();
    await expect(sql`select count(*) from generate_series(1, 1000000000)`.execute(db)).rejects.toThrow(/in time/);
    expect(await words()).toEqual([]);
  }, 180_000);

  it.skipIf(process.threadCpuUsage === undefined)(
    'tells what processor time it takes',
    async () => {
      open();
      await table();
      const before = usedSeconds;
      await sql`select count(*) from generate_series(1, 300000)`.execute(db);
      const worked = usedSeconds - before;
      await words();
      expect(worked).toBeGreaterThan(usedSeconds - before - worked);
    },
    60_000,
  );

  it('stays open after an answer that is merely an error', async () => {
    open();
    await table();
    const spy = vi.spyOn(Worker.prototype, 'terminate');
    await expect(sql`select * from nothing`.execute(db)).rejects.toMatchObject({ code: '42P01' });
    expect(await words()).toEqual([]);
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }, 180_000);

  it('lets nobody open it once it is closed', async () => {
    open();
    await table();
    await db.destroy();
    await expect(words()).rejects.toThrow(/destroyed|closed/);
  }, 180_000);
});

const mayMount = (() => {
  const probe = freshFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(probe, { recursive: true, force: true });
  }
})();

describe.skipIf(!mayMount)('on a disk that was full (skipped where none can be mounted)', () => {
  beforeEach(() => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', place]);
  });
  afterEach(async () => {
    await db.destroy();
    execFileSync('umount', [place]);
  });

  it('takes and gives again as soon as there is room', async () => {
    open();
    await table();
    await db.insertInto('words').values({ text: 'before' }).execute();
    const filler = path.join(place, 'filler');
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' });
    } catch {}
    const fill = async () => {
      for (let i = 0; i < 200; i++)
        await db
          .insertInto('words')
          .values(Array.from({ length: 100 }, () => ({ text: randomUUID().repeat(50) })))
          .execute();
    };
    await expect(fill()).rejects.toMatchObject({ message: expect.stringMatching(/space|xlogtemp|extend/i) });
    fs.rmSync(filler);
    await db.insertInto('words').values({ text: 'after' }).execute();
    const kept = await words();
    expect([kept[0], kept.at(-1)]).toEqual(['before', 'after']);
  }, 120_000);
});
