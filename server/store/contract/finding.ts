import { expect, it } from 'vitest';
import type { LogEntry } from '../../../protocol/conversation.ts';
import { lastWords } from '../conversations.ts';
import type { ConversationRecord } from '../records.ts';
import { type StoreSubject, said, T0 } from './subject.ts';

/** What was said is found by those who may read it. */
export function finds(subject: StoreSubject): void {
  const { write, read, list, begun } = subject;

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
    const last = await lastWords(subject.database.db, { person: 'p-guest', limit: 10 });
    expect(last.map(({ id }) => id)).toEqual(texts);
    expect((await read(conversation))?.messageCount).toBe(6);
  });

  it('[S1] knows nothing for an avatar of what was for people only; the people read it', async () => {
    const { conversation, say } = await begun('p-whisper');
    const secret = (id: string) => say(said(id, 'accordion', { source: 'text', audience: 'people' }));
    await write(say(said('a', 'aloud')), secret('b'));
    const later = await begun('p-whisper', 'red', T0 + 60_000);
    await write({ ...secret('c'), conversation: later.conversation, atMs: T0 + 60_000 } as ConversationRecord);
    const last = await lastWords(subject.database.db, { person: 'p-whisper', limit: 10 });
    expect(last.map(({ text }) => text)).toEqual(['aloud']);
    const kept = await read(conversation, 'p-whisper');
    expect(kept?.messages.map(({ text, audience }) => [text, audience])).toEqual([
      ['aloud', null],
      ['accordion', 'people'],
    ]);
  });

  it('knows the last words of a person with a persona, but not those of the present conversation', async () => {
    const first = await begun('p-again', 'red', T0);
    await write(...[1, 2, 3, 4].map(i => first.say(said(`m${i}`, `word ${i}`))));
    const second = await begun('p-again', 'red', T0 + 60_000);
    const asked = { person: 'p-again', persona: 'ollie', but: second.conversation, limit: 3 };
    expect((await lastWords(subject.database.db, asked)).map(({ text }) => text)).toEqual([
      'word 2',
      'word 3',
      'word 4',
    ]);
    expect(await lastWords(subject.database.db, { ...asked, persona: 'june' })).toEqual([]);
  });
}
