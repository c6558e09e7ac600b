import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { freshFolder, said } from '../store/contract/subject.ts';
import { readConversation } from '../store/conversations.ts';
import { Database } from '../store/database.ts';
import { silentLog } from '../testing/fakes.ts';
import { HAS_POSTGRES, TestPostgres } from '../testing/postgres.ts';
import { Journal } from './journal.ts';
import { Writer } from './writer.ts';

const T0 = Date.UTC(2026, 0, 5, 10);
/** On a busy machine. */
const PATIENCE = { timeout: 30_000, interval: 10 };

let folder: string;
let journal: Journal;
let writer: Writer;
let conversation: string;

beforeEach(async () => {
  folder = freshFolder();
  conversation = randomUUID();
  let poke = () => {};
  journal = await Journal.open(path.join(folder, 'journal'), {
    maxBytes: 64 * 1024 * 1024,
    log: silentLog,
    onChange: () => poke(),
  });
  poke = () => writer?.poke();
});
afterEach(async () => {
  await writer.close();
  await journal.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const start = (database: Pick<Database, 'ready' | 'db'>, log = silentLog) => {
  writer = new Writer({ journal, database, metrics: createMetrics().store, log });
  writer.start();
};
const begin = () => journal.append({ type: 'begin', conversation, room: 'red', atMs: T0 });
const say = (id: string, text: string, over: Partial<LogEntry> = {}) =>
  journal.append({ type: 'say', conversation, atMs: T0, entry: said(id, text, over) });
const texts = async (database: Database) =>
  (await readConversation(database.db, conversation, { all: true }))?.messages.map(({ text }) => text);

describe('the writer, on PGlite', () => {
  let database: Database;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = freshFolder();
    database = new Database({ dataDir });
    await database.ready();
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  it('writes what is said by itself, in order', async () => {
    start(database);
    begin();
    for (let i = 0; i < 1200; i++) say(`m${i}`, `${i}`);
    await writer.drained();
    expect(await texts(database)).toEqual([...Array(1200).keys()].map(String));
    expect(journal.queued).toBe(0);
    say('late', 'later');
    await expect.poll(() => texts(database), PATIENCE).toContain('later');
  });

  it('waits for a database that is away, says so once without a word of what was said, and catches up', async () => {
    let away = true;
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    start(
      {
        db: database.db,
        ready: async () => {
          if (away) throw Object.assign(new Error('quotes "secret words"'), { code: 'ECONNREFUSED' });
        },
      },
      log,
    );
    begin();
    say('a', 'secret words');
    await expect.poll(() => writer.state).toBe('waiting');
    await expect(writer.drained(50)).rejects.toMatchObject({ code: 'unavailable' });
    away = false;
    await writer.drained();
    expect(writer.state).toBe('ok');
    expect(await texts(database)).toEqual(['secret words']);
    expect(lines.filter(line => line.includes('waits in the journal'))).toHaveLength(1);
    expect(lines.join()).not.toContain('secret');
  });

  it('does not mind that the database is away for an hour: it asks again, ever less often', async () => {
    let away = true;
    let asked = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      start({
        db: database.db,
        ready: async () => {
          asked += 1;
          if (away) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
        },
      });
      begin();
      for (let second = 0; second < 3600; second++) {
        say(`m${second}`, `${second}`);
        await vi.advanceTimersByTimeAsync(1000);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(asked).toBeGreaterThan(700);
    expect(asked).toBeLessThan(730);
    away = false;
    await writer.drained(30_000);
    expect(await texts(database)).toEqual([...Array(3600).keys()].map(String));
  });

  it('leaves out what can never be stored, and goes on with the rest', async () => {
    start(database);
    begin();
    say('a', 'before');
    say('bad', 'bad', { role: null as never });
    say('b', 'after');
    await writer.drained();
    expect(await texts(database)).toEqual(['before', 'after']);
  });

  it('closes though the database never answers', async () => {
    const silence = Promise.withResolvers<void>();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      start({ db: database.db, ready: () => silence.promise });
      const closed = writer.close();
      await vi.advanceTimersByTimeAsync(10_000);
      await closed;
    } finally {
      vi.useRealTimers();
      silence.reject(new Error('gone'));
    }
  });

  it('writes once what was written just before the process was killed, before the journal knew', async () => {
    start(database);
    begin();
    say('a', 'once');
    await journal.flush();
    const before = freshFolder();
    fs.cpSync(path.join(folder, 'journal'), before, { recursive: true });
    journal.append({ type: 'unsay', conversation, entryId: 'a', atMs: T0 });
    await writer.drained();
    await writer.close();
    await journal.close();
    journal = await Journal.open(before, { maxBytes: 1e6, log: silentLog });
    start(database);
    say('b', 'new');
    await writer.drained();
    expect(await texts(database)).toEqual(['new']);
  });
});

describe.skipIf(!HAS_POSTGRES || process.env.VISAVIS_TEST_DATABASE_URL !== undefined)(
  'the writer, on a PostgreSQL that goes away (skipped where none can be started)',
  () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await TestPostgres.start();
    }, 60_000);
    afterAll(() => postgres?.close());

    /** Somebody talks on while the database is killed and started again. */
    async function talkThrough(outages: number, outageMs: number, everyMs: number): Promise<void> {
      const database = new Database({ dataDir: folder, url: await postgres.database() });
      await database.ready();
      start(database);
      begin();
      let next = 0;
      const talking = setInterval(() => say(`m${next}`, `${next++}`), everyMs);
      for (let i = 0; i < outages; i++) {
        const { written } = writer;
        await vi.waitUntil(() => writer.state === 'ok' && writer.written > written, PATIENCE);
        await postgres.down();
        await vi.waitUntil(() => writer.state === 'waiting', PATIENCE);
        await new Promise(resolve => setTimeout(resolve, outageMs));
        await postgres.up();
      }
      clearInterval(talking);
      await writer.drained(60_000);
      expect(await texts(database)).toEqual([...Array(next).keys()].map(String));
      await writer.close();
      await database.close();
    }

    it(
      'loses nothing and writes nothing twice while the database is killed and started again',
      () => talkThrough(3, 400, 5),
      120_000,
    );

    it('does not mind that it is away until the longest pause is reached', () => talkThrough(1, 5000, 50), 120_000);
  },
);
