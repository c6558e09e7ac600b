/** What a database must do, whichever it is: run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import { ConversationQuery } from '../../protocol/conversations.ts';
import { MEMORY_LIMITS } from '../../protocol/memory.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { ConversationRecord, Journaled } from '../conversations/records.ts';
import { lastWords, listConversations, readConversation, readTraces } from './conversations.ts';
import { Database } from './database.ts';
import { deleteConversation, deleteMemories, erasePerson, expire, withdraw } from './erase.ts';
import { SchemaTooNewError } from './errors.ts';
import { ingest, journalPosition } from './ingest.ts';
import { changeMemory, memoriesOf } from './memories.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { closeGrowing, endSilent, unfinishedSince } from './unfinished.ts';

const T0 = Date.UTC(2026, 0, 5, 10);
const EVERYTHING = { all: true };
const JOURNAL = 'journal-of-this-test';

const TIMING: TurnTiming = {
  turnId: 't1',
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs: 480.5,
  stages: { endpointingMs: 250, asrMs: 30.5, dialogueMs: 100, ttsMs: 80, playoutMs: 20 },
};

const TRACE: TurnTrace = {
  ...{ turnId: 't1', outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 480.5, atMs: T0 },
  ...{ cached: false, resumed: true },
  spans: [{ name: 'tts', startMs: 300.5, durationMs: 80, firstSoundMs: 80 }],
};

export const said = (id: string, text: string, over: Partial<LogEntry> = {}): LogEntry => ({
  id,
  turnId: id,
  speaker: 'ann-1',
  speakerName: 'Ann',
  role: 'user',
  source: 'voice',
  text,
  final: true,
  atMs: T0,
  ...over,
});

/** @param open gives a database over nothing yet; the same again when it is asked for the same place */
export function databaseContract(name: string, place: () => Promise<{ dataDir: string; url?: string }>): void {
  describe(name, () => {
    let where: { dataDir: string; url?: string };
    let database: Database;
    let seq = 0;
    beforeAll(async () => {
      where = await place();
      database = new Database(where);
      await database.ready();
    }, 60_000);
    afterAll(async () => {
      await database?.close();
      fs.rmSync(where.dataDir, { recursive: true, force: true });
    });

    const journaled = (records: ConversationRecord[]): Journaled[] => records.map(record => ({ seq: ++seq, record }));
    const write = (...records: ConversationRecord[]) => ingest(database.db, JOURNAL, journaled(records));
    const read = (id: string, you?: string) =>
      readConversation(database.db, id, you === undefined ? EVERYTHING : { all: false, you });
    const list = (asked: Record<string, unknown> = {}, you?: string) =>
      listConversations(
        database.db,
        ConversationQuery.parse(asked),
        you === undefined ? EVERYTHING : { all: false, you },
      );
    /** A conversation of one person with Ollie; more may be said in it. */
    const begun = async (person?: string, room = 'red', atMs = T0) => {
      const conversation = randomUUID();
      await write(
        { type: 'begin', conversation, room, atMs },
        { type: 'join', conversation, identity: 'ann-1', name: 'Ann', ...(person !== undefined && { person }), atMs },
        { type: 'persona', conversation, persona: 'ollie', name: 'Ollie', avatar: 'ollie', atMs },
      );
      const say = (entry: LogEntry, saidMs = atMs): ConversationRecord => ({
        type: 'say',
        conversation,
        entry,
        atMs: saidMs,
      });
      return { conversation, say };
    };
    const learned = (conversation: string, person: string, key: string, value: string, atMs = T0) =>
      write({
        type: 'facts',
        conversation,
        person,
        persona: 'june',
        turnId: 't1',
        facts: [{ key, value, text: `It is ${value}.` }],
        atMs,
      });

    it('keeps a conversation as it was: who, what, in which order, how it was felt, how long answers took', async () => {
      const { conversation, say } = await begun('p-ann');
      const feeling = {
        label: 'happy' as const,
        valence: 0.6,
        arousal: 0.4,
        confidence: 0.7,
        sources: ['face' as const],
      };
      await write(
        say(said('t1', 'Où est la “mer”? 🌊', { language: 'fr', feeling }), T0 + 1000),
        say(
          said('t1:avatar', 'The sea is', {
            turnId: 't1',
            speaker: 'avatar',
            speakerName: 'Ollie',
            role: 'avatar',
            atMs: T0 + 2000,
            final: false,
          }),
          T0 + 2500,
        ),
        { type: 'turn', conversation, timing: TIMING, atMs: T0 + 2600 },
        say(
          said('t1:avatar', 'The sea is every', {
            turnId: 't1',
            speaker: 'avatar',
            speakerName: 'Ollie',
            role: 'avatar',
            atMs: T0 + 2000,
            interrupted: true,
          }),
          T0 + 3100,
        ),
        { type: 'leave', conversation, identity: 'ann-1', atMs: T0 + 4000 },
        { type: 'end', conversation, ending: 'left', atMs: T0 + 4000 },
      );
      const at = (ms: number) => new Date(T0 + ms).toISOString();
      expect(await read(conversation)).toEqual({
        id: conversation,
        room: 'red',
        startedAt: at(0),
        lastAt: at(3100),
        endedAt: at(4000),
        ending: 'left',
        participants: [
          { identity: 'ann-1', name: 'Ann', person: 'p-ann', you: false, joinedAt: at(0), leftAt: at(4000) },
        ],
        personas: [{ persona: 'ollie', name: 'Ollie', avatar: 'ollie', since: at(0) }],
        messageCount: 2,
        messages: [
          {
            ...{ id: 't1', turnId: 't1', speaker: 'ann-1', speakerName: 'Ann', role: 'user', source: 'voice' },
            ...{ text: 'Où est la “mer”? 🌊', final: true, interrupted: false, language: 'fr', feeling },
            ...{ spokenAt: at(0), spokenUntil: at(1000), createdAt: at(1000), timing: null },
          },
          {
            ...{ id: 't1:avatar', turnId: 't1', speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' },
            ...{ source: 'voice', text: 'The sea is every', final: true, interrupted: true, language: null },
            ...{ feeling: null, spokenAt: at(2000), spokenUntil: at(3100), createdAt: at(2500) },
            timing: { ...TIMING, turnId: undefined },
          },
        ].map(message => JSON.parse(JSON.stringify(message))),
      });
    });

    it('keeps the trace of each turn, and tells it to those who heard something of the turn', async () => {
      const { conversation, say } = await begun('p-traced');
      const turn = (turnId: string, atMs: number, traced = true): ConversationRecord => ({
        ...{ type: 'turn', conversation, atMs, timing: { ...TIMING, turnId } },
        ...(traced && { trace: { ...TRACE, turnId } }),
      });
      await write(say(said('t1', 'Hello')), turn('t1', T0 + 1), turn('t2', T0 + 2), turn('untraced', T0 + 3, false));
      expect(await readTraces(database.db, conversation, EVERYTHING)).toEqual([TRACE, { ...TRACE, turnId: 't2' }]);
      expect(await readTraces(database.db, conversation, EVERYTHING, 't2')).toEqual([{ ...TRACE, turnId: 't2' }]);
      expect(await readTraces(database.db, conversation, { all: false, you: 'p-traced' })).toEqual([TRACE]);
      expect(await readTraces(database.db, conversation, { all: false, you: 'somebody-else' })).toEqual([]);
    });

    it('takes each record once, however often it is handed in', async () => {
      const { conversation, say } = await begun();
      const batch = journaled([
        say(said('a', 'first')),
        say(said('b', 'second')),
        { type: 'unsay', conversation, entryId: 'b', atMs: T0 },
      ]);
      await ingest(database.db, JOURNAL, batch);
      await write(say(said('a', 'first, corrected')));
      await ingest(database.db, JOURNAL, batch);
      expect((await read(conversation))?.messages.map(({ text }) => text)).toEqual(['first, corrected']);
      expect(await journalPosition(database.db, JOURNAL)).toBe(seq);
    });

    it('takes a batch whole or not at all', async () => {
      const { conversation, say } = await begun();
      const position = await journalPosition(database.db, JOURNAL);
      const broken = { ...said('b', 'broken'), role: null } as unknown as LogEntry;
      await expect(
        ingest(database.db, JOURNAL, [
          { seq: position + 1, record: say(said('a', 'whole')) },
          { seq: position + 2, record: say(broken) },
        ]),
      ).rejects.toThrow();
      expect((await read(conversation))?.messages).toEqual([]);
      expect(await journalPosition(database.db, JOURNAL)).toBe(position);
    });

    it('keeps what no database can hold as well as it can: NUL and half characters', async () => {
      const { conversation, say } = await begun();
      await write(say(said('a', 'nul\u0000 half\ud83d')));
      expect((await read(conversation))?.messages[0]?.text).toBe('nul half\ufffd');
    });

    it('finds conversations by words, person, persona, room and time, a page at a time', async () => {
      const mine: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { conversation, say } = await begun(`p-page-${i % 2}`, 'paged', T0 + i * 60_000);
        await write(say(said('a', i === 3 ? '100% sure of the lighthouse_keeper' : 'nothing of note')));
        mine.unshift(conversation);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof list>> = await list({
          room: 'paged',
          limit: 2,
          ...(cursor !== null && { cursor }),
        });
        seen.push(...page.conversations.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toEqual(mine);
      const ids = async (asked: Record<string, unknown>) =>
        (await list({ room: 'paged', ...asked })).conversations.map(({ id }) => id);
      expect(await ids({ query: 'LIGHTHOUSE sure' })).toEqual([mine[1]]);
      expect(await ids({ query: '100%' })).toEqual([mine[1]]);
      expect(await ids({ query: '1%0' })).toEqual([]);
      expect(await ids({ query: 'e_keeper' })).toEqual([mine[1]]);
      expect(await ids({ query: 'lighthouse note' })).toEqual([]);
      expect(await ids({ person: 'p-page-1' })).toEqual([mine[1], mine[3]]);
      expect(await ids({ persona: 'june' })).toEqual([]);
      expect(await ids({ persona: 'ollie', from: new Date(T0 + 180_000).toISOString() })).toEqual([mine[0], mine[1]]);
      expect(await ids({ to: new Date(T0 + 60_000).toISOString() })).toEqual([mine[4]]);
      expect((await list({ room: 'paged', query: 'lighthouse' })).conversations[0]?.excerpt).toContain('lighthouse');
      await expect(list({ cursor: 'made-up' })).rejects.toMatchObject({ code: 'bad-request' });
    });

    it('[S1] shows a person the conversations they took part in, and no names of others from call to call', async () => {
      const { conversation } = await begun('p-own');
      await write({
        type: 'join',
        conversation,
        identity: 'bob-1',
        name: 'Bob',
        person: 'p-bob-own',
        atMs: T0 + 1,
      });
      const other = await begun('p-somebody');
      expect((await list({}, 'p-own')).conversations.map(({ id }) => id)).toEqual([conversation]);
      expect(await read(other.conversation, 'p-own')).toBeUndefined();
      expect((await read(conversation, 'p-own'))?.participants).toMatchObject([{ you: true }, { you: false }]);
      expect(JSON.stringify(await read(conversation, 'p-own'))).not.toContain('p-bob-own');
    });

    it('[S1] shows a person what was said while they were there, each time, and what they said themselves', async () => {
      const { conversation, say } = await begun('p-host');
      const bob = { conversation, identity: 'bob-1', name: 'Bob', person: 'p-guest' };
      const at = (id: string, ms: number, over: Partial<LogEntry> = {}) =>
        write(say(said(id, `harpsichord ${id}`, { atMs: T0 + ms, ...over }), T0 + ms));
      await at('before', 1000);
      await write(
        { type: 'join', ...bob, atMs: T0 + 2000 },
        say(said('heard', 'harpsichord heard', { atMs: T0 + 3000 }), T0 + 3000),
        { type: 'leave', conversation, identity: 'bob-1', atMs: T0 + 4000 },
        say(said('between', 'harpsichord between', { atMs: T0 + 5000 }), T0 + 5000),
        { type: 'join', ...bob, atMs: T0 + 6000 },
      );
      await at('again', 7000);
      // The server goes down and comes back; only Ann is there.
      await write({ type: 'resume', conversation, atMs: T0 + 8000 });
      await at('without', 9000);
      await at('own', 9500, { speaker: 'bob-1' });
      const texts = ['heard', 'again', 'own'];
      const shown = await read(conversation, 'p-guest');
      expect(shown?.messages.map(({ id }) => id)).toEqual(texts);
      expect(shown?.messageCount).toBe(3);
      const found = await list({ query: 'harpsichord' }, 'p-guest');
      expect(found.conversations).toMatchObject([{ messageCount: 3, excerpt: 'harpsichord heard' }]);
      expect((await list({ query: 'between' }, 'p-guest')).conversations).toEqual([]);
      const last = await lastWords(database.db, { person: 'p-guest', limit: 10 });
      expect(last.map(({ id }) => id)).toEqual(texts);
      expect((await read(conversation))?.messageCount).toBe(6);
    });

    it('knows the last words of a person with a persona, but not those of the present conversation', async () => {
      const first = await begun('p-again', 'red', T0);
      await write(...[1, 2, 3, 4].map(i => first.say(said(`m${i}`, `word ${i}`))));
      const second = await begun('p-again', 'red', T0 + 60_000);
      const asked = { person: 'p-again', persona: 'ollie', but: second.conversation, limit: 3 };
      expect((await lastWords(database.db, asked)).map(({ text }) => text)).toEqual(['word 2', 'word 3', 'word 4']);
      expect(await lastWords(database.db, { ...asked, persona: 'june' })).toEqual([]);
    });

    it('remembers: a newer statement replaces the older, a correction stays until then, the oldest give way', async () => {
      const { conversation } = await begun('p-mem');
      await learned(conversation, 'p-mem', 'name_sister', 'Anna', T0);
      const [kept] = await memoriesOf(database.db, 'p-mem');
      expect(kept).toMatchObject({
        key: 'name_sister',
        value: 'Anna',
        persona: 'june',
        conversationId: conversation,
        turnId: 't1',
        edited: false,
      });
      expect(await changeMemory(database.db, 'p-else', kept!.id, { value: 'Eve' })).toBeUndefined();
      expect(await changeMemory(database.db, 'p-mem', kept!.id, { value: 'Hanna' })).toMatchObject({
        value: 'Hanna',
        edited: true,
      });
      await learned(conversation, 'p-mem', 'name_sister', 'Johanna', T0 + 1000);
      expect(await memoriesOf(database.db, 'p-mem')).toMatchObject([{ id: kept!.id, value: 'Johanna', edited: false }]);

      await changeMemory(database.db, 'p-mem', kept!.id, { text: 'Their sister is Johanna.' });
      await write({
        type: 'facts',
        conversation,
        person: 'p-mem',
        turnId: 't2',
        facts: Array.from({ length: MEMORY_LIMITS.facts }, (_, i) => ({ key: `k${i}`, value: 'v', text: 't' })),
        atMs: T0 + 2000,
      });
      const full = await memoriesOf(database.db, 'p-mem');
      expect(full).toHaveLength(MEMORY_LIMITS.facts);
      expect(full.some(({ key }) => key === 'name_sister')).toBe(true);
      expect(await deleteMemories(database.db, 'p-mem', kept!.id)).toBe(1);
      expect(await deleteMemories(database.db, 'p-else')).toBe(0);
    });

    it('deletes a conversation, and nothing of it comes back with what is written later', async () => {
      const { conversation, say } = await begun('p-del');
      await write(say(said('a', 'to be gone')), { type: 'turn', conversation, timing: TIMING, atMs: T0 });
      expect(await deleteConversation(database.db, conversation)).toBe(true);
      expect(await deleteConversation(database.db, conversation)).toBe(false);
      await write(
        say(said('b', 'too late')),
        { type: 'join', conversation, identity: 'bob-1', name: 'Bob', atMs: T0 },
        { type: 'end', conversation, ending: 'left', atMs: T0 },
      );
      await learned(conversation, 'p-del', 'name', 'Ann');
      expect(await read(conversation)).toBeUndefined();
      expect(await memoriesOf(database.db, 'p-del')).toEqual([]);
    });

    it('withdraws one person from a conversation of several, with the answers they got', async () => {
      const { conversation, say } = await begun('p-with');
      const bob = { speaker: 'bob-1', speakerName: 'Bob' };
      const ollie = { speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' as const };
      await write(
        { type: 'join', conversation, identity: 'bob-1', name: 'Bob', person: 'p-bob', atMs: T0 },
        say(said('a', 'Ann’s secret')),
        say(said('a:avatar', 'Your secret is safe', { turnId: 'a', ...ollie })),
        say(said('b', 'Bob’s word', bob)),
        say(said('b:avatar', 'Well said', { turnId: 'b', ...ollie })),
      );
      expect(await withdraw(database.db, conversation, 'p-nobody')).toMatchObject({ outcome: 'not-theirs' });
      expect(await withdraw(database.db, conversation, 'p-with')).toEqual({ outcome: 'withdrawn', messages: 2 });
      const left = await read(conversation);
      expect(left?.messages.map(({ text }) => text)).toEqual(['Bob’s word', 'Well said']);
      expect(left?.participants.map(({ name: who }) => who)).toEqual(['Bob']);
      expect(await withdraw(database.db, conversation, 'p-bob')).toEqual({ outcome: 'gone', messages: 2 });
      expect(await read(conversation)).toBeUndefined();
    });

    it('withdraws what the avatar said of them to others, too: their name, and what it remembers', async () => {
      const { conversation, say } = await begun('p-told');
      await learned(conversation, 'p-told', 'sister', 'Ottilie');
      const ollie = { speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' as const };
      await write(
        { type: 'join', conversation, identity: 'bob-1', name: 'Bob', person: 'p-bob-told', atMs: T0 },
        say(said('a', 'My words', { speakerName: 'Annie May' })),
        say(said('g:avatar', 'Welcome back, ANN!', ollie)),
        say(said('h:avatar', 'How is Ottilie’s garden?', ollie)),
        say(said('i:avatar', 'Annie, tell us', ollie)),
        say(said('j:avatar', 'An annoying question of Joanna', ollie)),
        say(said('k', 'Thanks, Ann', { speaker: 'bob-1', speakerName: 'Bob' })),
      );
      expect(await withdraw(database.db, conversation, 'p-told')).toEqual({ outcome: 'withdrawn', messages: 4 });
      expect((await read(conversation))?.messages.map(({ id }) => id)).toEqual(['j:avatar', 'k']);
    });

    it('erases a person from every table', async () => {
      const { conversation, say } = await begun('p-erase-me');
      await write(say(said('a', 'xylophone-word')), {
        type: 'upload',
        id: 'p-portrait',
        person: 'p-erase-me',
        atMs: T0,
      });
      await learned(conversation, 'p-erase-me', 'name', 'xylophone-name');
      expect(await erasePerson(database.db, 'p-erase-me')).toEqual({
        conversations: 1,
        messages: 1,
        memories: 1,
        uploads: 1,
      });
      await database.compact();
      expect(await everything(database)).not.toMatch(/xylophone|p-erase-me|p-portrait/);
    });

    it('forgets what is over after its time', async () => {
      const { conversation } = await begun(undefined, 'old', Date.UTC(2020, 0, 1));
      expect(await expire(database.db, 0, T0)).toEqual([]);
      expect(await expire(database.db, 90, T0)).toHaveLength(1);
      expect(await read(conversation)).toBeUndefined();
    });

    it('knows what it was in the middle of, and ends it where it stands', async () => {
      const { conversation, say } = await begun('p-mid', 'middle', T0);
      await write(
        say(said('a', 'Tell me')),
        say(
          said('a:avatar', 'Once upon', { speaker: 'avatar', speakerName: 'Ollie', role: 'avatar', final: false }),
          T0 + 900,
        ),
      );
      const cutOff = { server: JOURNAL, beforeMs: T0 + 1000 };
      await closeGrowing(database.db, { ...cutOff, goingOn: [conversation] });
      expect(await read(conversation)).toMatchObject({ messages: [{}, { final: false }] });
      await closeGrowing(database.db, cutOff);
      const asked = { server: JOURNAL, sinceMs: T0, limit: 10, entries: 500 };
      const found = (await unfinishedSince(database.db, asked)).find(({ id }) => id === conversation);
      expect(found).toMatchObject({
        room: 'middle',
        people: [{ identity: 'ann-1', name: 'Ann', person: 'p-mid' }],
        log: [{ text: 'Tell me' }, { text: 'Once upon', final: true, interrupted: true }],
      });
      expect(await unfinishedSince(database.db, { ...asked, server: 'another' })).toEqual([]);
      const silent = { server: JOURNAL, beforeMs: T0 + 1000, ending: 'lost' as const };
      await endSilent(database.db, { ...silent, goingOn: [conversation] });
      expect(await read(conversation)).toMatchObject({ endedAt: null });
      await endSilent(database.db, silent);
      expect(await read(conversation)).toMatchObject({
        endedAt: new Date(T0 + 900).toISOString(),
        ending: 'lost',
        messages: [{ interrupted: false }, { interrupted: true, spokenUntil: new Date(T0 + 900).toISOString() }],
      });
      await write({ type: 'resume', conversation, atMs: T0 + 5000 });
      expect(await read(conversation)).toMatchObject({ endedAt: null, ending: null });
    });

    it('keeps transactions apart from what others ask meanwhile', async () => {
      const { conversation, say } = await begun();
      const writing = (async () => {
        for (let i = 0; i < 20; i++) await write(say(said(`m${i}`, `${i}`)));
      })();
      const reading = await Promise.all([...Array(20).keys()].map(() => read(conversation)));
      await writing;
      expect(reading.every(each => each !== undefined)).toBe(true);
      expect((await read(conversation))?.messageCount).toBe(20);
    });

    it('is opened again as it was left, and migrating again changes nothing', async () => {
      const { conversation } = await begun();
      await database.close();
      database = new Database(where);
      await database.ready();
      expect(await read(conversation)).toMatchObject({ room: 'red' });
    });

    it('goes forward with a newer version, and is refused cleanly by an older one afterwards', async () => {
      const newer = {
        ...MIGRATIONS,
        '999-from-the-future': {
          up: async (db: typeof database.db) => {
            await db.schema.alterTable('conversations').addColumn('mood', 'text').execute();
          },
        },
      };
      await migrate(database.db, newer);
      await database.close();
      database = new Database(where);
      const refusal = await database.ready().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(SchemaTooNewError);
      expect((refusal as Error).message).toMatch(/newer Visavis \(it knows 999-from-the-future/);
      await migrate(database.db, newer);
      expect((await list()).conversations.length).toBeGreaterThan(0);
    });
  });
}

/** All rows of all tables as text. */
async function everything({ db }: Database): Promise<string> {
  const tables = await db.introspection.getTables();
  const rows = await Promise.all(
    tables.map(async ({ name }) => (await sql`select * from ${sql.table(name)}`.execute(db)).rows),
  );
  return JSON.stringify(rows);
}

export const freshFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-store-'));
