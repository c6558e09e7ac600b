import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { MEMORY_LIMITS } from '../../../protocol/memory.ts';
import type { Database } from '../database.ts';
import { deleteConversation, deleteMemories, doomed, erasePerson, expire, withdraw } from '../erase.ts';
import { changeMemory, memoriesOf } from '../memories.ts';
import type { ConversationRecord } from '../records.ts';
import { keptVoices } from '../voices.ts';
import { JOURNAL, type StoreSubject, said, T0, TIMING } from './subject.ts';

/** What is remembered of people can be changed, and all of it goes when it shall. */
export function forgets(subject: StoreSubject): void {
  const { write, read, begun, learned } = subject;

  it('remembers: a newer statement replaces the older, a correction stays until then, the oldest give way', async () => {
    const { conversation } = await begun('p-mem');
    await learned(conversation, 'p-mem', 'name_sister', 'Anna', T0);
    const [kept] = await memoriesOf(subject.database.db, 'p-mem');
    expect(kept).toMatchObject({
      key: 'name_sister',
      value: 'Anna',
      persona: 'june',
      conversationId: conversation,
      turnId: 't1',
      edited: false,
    });
    expect(await changeMemory(subject.database.db, 'p-else', kept!.id, { value: 'Eve' })).toBeUndefined();
    expect(await changeMemory(subject.database.db, 'p-mem', kept!.id, { value: 'Hanna' })).toMatchObject({
      value: 'Hanna',
      edited: true,
    });
    await learned(conversation, 'p-mem', 'name_sister', 'Johanna', T0 + 1000);
    expect(await memoriesOf(subject.database.db, 'p-mem')).toMatchObject([
      { id: kept!.id, value: 'Johanna', edited: false },
    ]);

    await changeMemory(subject.database.db, 'p-mem', kept!.id, { text: 'Their sister is Johanna.' });
    await write({
      type: 'facts',
      conversation,
      person: 'p-mem',
      turnId: 't2',
      facts: Array.from({ length: MEMORY_LIMITS.facts }, (_, i) => ({ key: `k${i}`, value: 'v', text: 't' })),
      atMs: T0 + 2000,
    });
    const full = await memoriesOf(subject.database.db, 'p-mem');
    expect(full).toHaveLength(MEMORY_LIMITS.facts);
    expect(full.some(({ key }) => key === 'name_sister')).toBe(true);
    expect(await deleteMemories(subject.database.db, 'p-mem', kept!.id)).toBe(1);
    expect(await deleteMemories(subject.database.db, 'p-else')).toBe(0);
  });

  it('deletes a conversation, and nothing of it comes back with what is written later', async () => {
    const { conversation, say } = await begun('p-del');
    await write(say(said('a', 'to be gone')), { type: 'turn', conversation, timing: TIMING, atMs: T0 });
    expect(await deleteConversation(subject.database.db, conversation)).toBe(true);
    expect(await deleteConversation(subject.database.db, conversation)).toBe(false);
    await write(
      say(said('b', 'too late')),
      { type: 'join', conversation, identity: 'bob-1', name: 'Bob', atMs: T0 },
      { type: 'end', conversation, ending: 'left', atMs: T0 },
    );
    await learned(conversation, 'p-del', 'name', 'Ann');
    expect(await read(conversation)).toBeUndefined();
    expect(await memoriesOf(subject.database.db, 'p-del')).toEqual([]);
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
    expect(await withdraw(subject.database.db, conversation, 'p-nobody')).toMatchObject({ outcome: 'not-theirs' });
    expect(await withdraw(subject.database.db, conversation, 'p-with')).toEqual({ outcome: 'withdrawn', messages: 2 });
    const left = await read(conversation);
    expect(left?.messages.map(({ text }) => text)).toEqual(['Bob’s word', 'Well said']);
    expect(left?.participants.map(({ name: who }) => who)).toEqual(['Bob']);
    expect(await withdraw(subject.database.db, conversation, 'p-bob')).toEqual({ outcome: 'gone', messages: 2 });
    expect(await read(conversation)).toBeUndefined();
  });

  it('[S1] withdraws nothing because of a name: any word may be one, or be remembered', async () => {
    const { conversation, say } = await begun('p-told');
    await learned(conversation, 'p-told', 'sister', 'the');
    const ollie = { speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' as const };
    await write(
      { type: 'join', conversation, identity: 'bob-1', name: 'Bob', person: 'p-bob-told', atMs: T0 },
      say(said('a', 'My words', { speakerName: 'The' })),
      say(said('a:avatar', 'To the', { turnId: 'a', ...ollie })),
      say(said('g:avatar', 'Welcome back, ANN!', ollie)),
      say(said('k', 'Thanks, Ann', { speaker: 'bob-1', speakerName: 'Bob' })),
      say(said('k:avatar', 'Around the lighthouse', { turnId: 'k', ...ollie })),
    );
    expect(await withdraw(subject.database.db, conversation, 'p-told')).toEqual({ outcome: 'withdrawn', messages: 2 });
    expect((await read(conversation))?.messages.map(({ id }) => id)).toEqual(['g:avatar', 'k', 'k:avatar']);
  });

  it('[S1] leaves a conversation to guests who are not known, too, and to others who spoke in the same turn', async () => {
    const { conversation, say } = await begun('p-visitor');
    const guest = { speaker: 'guest-1', speakerName: 'Gus' };
    await write(
      { type: 'join', conversation, identity: 'guest-1', name: 'Gus', atMs: T0 },
      say(said('a', 'A visitor’s word')),
      say(said('b', 'In the same turn', { ...guest, turnId: 'a' })),
      say(said('a:avatar', 'To both', { turnId: 'a', speaker: 'avatar', role: 'avatar' })),
    );
    expect(await doomed(subject.database.db, conversation, 'p-visitor')).toEqual({
      entries: expect.toSatisfy((ids: string[]) => ids.toSorted().join() === 'a,a:avatar'),
      only: ['ann-1'],
    });
    expect(await withdraw(subject.database.db, conversation, 'p-visitor')).toMatchObject({ outcome: 'withdrawn' });
    const left = await read(conversation);
    expect(left?.messages.map(({ text }) => text)).toEqual(['In the same turn']);
    expect(left?.participants.map(({ name }) => name)).toEqual(['Gus']);
  });

  it('[S1] withdraws what answers one person only, whatever its turn is called, and leaves what answers others, too', async () => {
    const { conversation, say } = await begun('p-asks');
    const bob = { speaker: 'bob-1', speakerName: 'Bob' };
    const ollie = { speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' as const };
    const answer = (turnId: string, ...answers: string[]) =>
      say(said(`${turnId}:avatar`, `To ${answers.join(' and ')}`, { turnId, answers, ...ollie }));
    const turn = (turnId: string): ConversationRecord => ({
      ...{ type: 'turn', conversation, timing: { ...TIMING, turnId }, atMs: T0 },
    });
    await write(
      { type: 'join', conversation, identity: 'bob-1', name: 'Bob', person: 'p-adds', atMs: T0 },
      say(said('a', 'Ann asks')),
      say(said('b', 'Bob adds', bob)),
      ...[answer('b', 'a', 'b'), turn('b')],
      say(said('c', 'Ann is cut off')),
      ...[turn('c'), answer('fresh', 'c'), turn('fresh')],
      say(said('d', 'Bob is cut off', bob)),
      answer('fresh-2', 'd'),
      say(said('e', 'Bob begins', bob)),
      say(said('f', 'Ann ends')),
      ...[answer('f', 'e', 'f'), turn('f')],
      // Nothing that is known: a greeting, or the answer to what is gone.
      ...[say(said('g:avatar', 'Hello', { turnId: 'g', ...ollie })), answer('h', 'gone'), answer('i')],
    );
    const ids = async () => (await read(conversation))?.messages.map(({ id }) => id);
    const turns = async () => {
      const rows = subject.database.db.selectFrom('turns').select('turn_id');
      return (await rows.where('conversation_id', '=', conversation).execute()).map(row => row.turn_id).toSorted();
    };
    const { entries } = await doomed(subject.database.db, conversation, 'p-asks');
    expect(entries.toSorted()).toEqual(['a', 'c', 'f', 'fresh:avatar']);
    expect(await withdraw(subject.database.db, conversation, 'p-asks')).toMatchObject({ messages: 4 });
    const unknown = ['g:avatar', 'h:avatar', 'i:avatar'];
    expect(await ids()).toEqual(['b', 'b:avatar', 'd', 'fresh-2:avatar', 'e', 'f:avatar', ...unknown]);
    expect(await turns()).toEqual(['b', 'f']);
    // The last of those whom it answers takes it along; somebody else is there, so that not all of it is Bob's.
    await write({ type: 'join', conversation, identity: 'gus-1', name: 'Gus', atMs: T0 });
    expect(await withdraw(subject.database.db, conversation, 'p-adds')).toMatchObject({ outcome: 'withdrawn' });
    expect(await ids()).toEqual(unknown);
    expect(await turns()).toEqual([]);
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
    const rating = { type: 'rating' as const, conversation, identity: 'ann-1', stars: 5, atMs: T0 };
    await write({ ...rating, line: 'xylophone-rating' });
    expect(await erasePerson(subject.database.db, 'p-erase-me')).toEqual({
      conversations: 1,
      messages: 1,
      memories: 1,
      uploads: 1,
    });
    await write({ ...rating, line: 'xylophone-too-late' });
    await subject.database.compact();
    expect(await everything(subject.database)).not.toMatch(/xylophone|p-erase-me|p-portrait/);
  });

  it('forgets what is over after its time', async () => {
    const { conversation } = await begun(undefined, 'old', Date.UTC(2020, 0, 1));
    expect(await expire(subject.database.db, 0, T0)).toEqual([]);
    expect(await expire(subject.database.db, 90, T0)).toHaveLength(1);
    expect(await read(conversation)).toBeUndefined();
  });

  it('knows voices at vendors until they are gone there, and whose they are by the portrait alone', async () => {
    const { db } = subject.database;
    const about = { type: 'voice', portrait: 'p-1', vendor: 'acme', atMs: T0 } as const;
    await write({ ...about, name: 'a' });
    await write({ ...about, name: 'b' }, { ...about, name: 'b', voice: 'v-b', atMs: T0 + 1 });
    // Told once more that it is about to be made, as a journal may.
    await write({ ...about, name: 'a', voice: 'v-a' }, { ...about, name: 'a', voice: 'v-a' });
    expect(await keptVoices(db, JOURNAL)).toMatchObject([
      { name: 'a', portrait: 'p-1', vendor: 'acme', voice: 'v-a', createdAtMs: T0 },
      { name: 'b', voice: 'v-b' },
    ]);
    expect(await keptVoices(db, 'of another server')).toEqual([]);
    await write({ type: 'voice-gone', name: 'a', atMs: T0 });
    await write({ ...about, name: 'c' }, { type: 'voice-gone', name: 'c', atMs: T0 });
    expect((await keptVoices(db, JOURNAL)).map(({ name }) => name)).toEqual(['b']);
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
