import { expect, it } from 'vitest';
import type { Database } from '../database.ts';
import { SchemaTooNewError } from '../errors.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { closeGrowing, endSilent, unfinishedSince } from '../unfinished.ts';
import { JOURNAL, type StoreSubject, said, T0 } from './subject.ts';

/** A database outlives its server, whatever that was in the middle of, and its versions. */
export function lasts(subject: StoreSubject): void {
  const { write, read, list, begun } = subject;

  it('knows what it was in the middle of, and ends it where it stands', async () => {
    const { conversation, say } = await begun('p-mid', 'middle', T0);
    await write(
      say(said('a', 'Tell me')),
      say(said('p', 'Psst', { source: 'text', audience: 'people' })),
      say(
        said('a:avatar', 'Once upon', {
          ...{ speaker: 'avatar', speakerName: 'Ollie', role: 'avatar', final: false },
          answers: ['a'],
        }),
        T0 + 900,
      ),
    );
    const cutOff = { server: JOURNAL, beforeMs: T0 + 1000 };
    await closeGrowing(subject.database.db, { ...cutOff, goingOn: [conversation] });
    expect(await read(conversation)).toMatchObject({ messages: [{}, { audience: 'people' }, { final: false }] });
    await closeGrowing(subject.database.db, cutOff);
    const asked = { server: JOURNAL, sinceMs: T0, limit: 10, entries: 500 };
    const found = (await unfinishedSince(subject.database.db, asked)).find(({ id }) => id === conversation);
    expect(found).toMatchObject({
      room: 'middle',
      people: [{ identity: 'ann-1', person: 'p-mid' }],
      log: [
        { entry: { text: 'Tell me' } },
        { entry: { text: 'Psst', audience: 'people' } },
        { entry: { text: 'Once upon', answers: ['a'], final: true, interrupted: true } },
      ],
    });
    expect(found?.log.map(({ by }) => [...by])).toEqual(Array(3).fill(['identity ann-1', 'person p-mid']));
    expect(await unfinishedSince(subject.database.db, { ...asked, server: 'another' })).toEqual([]);
    const silent = { server: JOURNAL, beforeMs: T0 + 1000, ending: 'lost' as const };
    await endSilent(subject.database.db, { ...silent, goingOn: [conversation] });
    expect(await read(conversation)).toMatchObject({ endedAt: null });
    await endSilent(subject.database.db, silent);
    expect(await read(conversation)).toMatchObject({
      endedAt: new Date(T0 + 900).toISOString(),
      ending: 'lost',
      messages: [
        { interrupted: false },
        { audience: 'people' },
        { interrupted: true, spokenUntil: new Date(T0 + 900).toISOString() },
      ],
    });
    await write({ type: 'resume', conversation, atMs: T0 + 5000 });
    expect(await read(conversation)).toMatchObject({ endedAt: null, ending: null });
  });

  it('is opened again as it was left, and migrating again changes nothing', async () => {
    const { conversation } = await begun();
    await subject.reopen();
    await subject.database.ready();
    expect(await read(conversation)).toMatchObject({ room: 'red' });
  });

  it('goes forward with a newer version, and is refused cleanly by an older one afterwards', async () => {
    const newer = {
      ...MIGRATIONS,
      '999-from-the-future': {
        up: async (db: Database['db']) => {
          await db.schema.alterTable('conversations').addColumn('mood', 'text').execute();
        },
      },
    };
    await migrate(subject.database.db, newer);
    await subject.reopen();
    const refusal = await subject.database.ready().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaTooNewError);
    expect((refusal as Error).message).toMatch(/newer Visavis \(it knows 999-from-the-future/);
    await migrate(subject.database.db, newer);
    expect((await list()).conversations.length).toBeGreaterThan(0);
  });
}
