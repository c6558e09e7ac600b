import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fact } from '../../protocol/memory.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { admission, entry, FakeHost } from '../testing/fakes.ts';
import type { Conversations } from './conversations.ts';

const CANDLES: Fact = { key: 'product', value: 'candles', text: 'They sell candles.' };
const LYON: Fact = { key: 'place', value: 'Lyon', text: 'They live in Lyon.' };

let system: TestApp;
let kept: Conversations;
let host: FakeHost;
let count = 0;

beforeAll(async () => {
  system = await testApp();
  kept = system.conversations!;
  await kept.database.ready();
  host = new FakeHost('host-1');
  system.dispatcher.connected(host);
  system.dispatcher.status(host, host.status);
}, 60_000);
afterAll(() => system.close());

interface Call {
  room: Room;
  seat: Seat;
  person: string;
  /** What their page was told of the log. */
  removed: string[];
  /** What the host was told. */
  told(name: string): Record<string, unknown>[];
  /** The host tells what it has learned. */
  learn(revision: number, ...facts: Fact[]): void;
}

async function call(person = `p-${++count}`, over = {}): Promise<Call> {
  const who = admission('ann', { person, remember: true, room: `room-${++count}`, ...over });
  const room = await system.rooms.enter(who);
  const removed: string[] = [];
  const seat = room.join(who, (name, payload) => {
    if (name === 'log.removed') removed.push((payload as { entryId: string }).entryId);
  });
  const offer = () => host.of('job.offer').find(each => each.room === who.room);
  await expect.poll(() => room.agent).toBeDefined();
  const jobId = String(offer()!.jobId);
  const learn = (revision: number, ...facts: Fact[]) => {
    const told = { identity: 'ann', turnId: 't1', facts, revision };
    if (system.dispatcher.recentJob(host, jobId)?.isOutdated(told) === false) kept.scribe.learned(room, told);
  };
  return { room, seat, person, removed, learn, told: name => host.of(name).filter(each => each.jobId === jobId) };
}
const memoriesOf = async (person: string) => {
  await kept.settled();
  return (await kept.database.db.selectFrom('memories').selectAll().where('person', '=', person).execute()).map(
    ({ id, value }) => ({ id, value }),
  );
};
const idOf = async (person: string, value: string) =>
  (await memoriesOf(person)).find(memory => memory.value === value)!.id;

describe('a memory that is erased or corrected in mid-call', () => {
  it('is told to the avatar, with what is left and the turn in which it was told', async () => {
    const { person, learn, told } = await call();
    learn(0, CANDLES, LYON);
    await kept.memories.forget(person, await idOf(person, 'candles'));
    expect(told('job.memories')).toMatchObject([{ identity: 'ann', revision: 1, memories: [LYON], turns: ['t1'] }]);
    await kept.memories.correct(person, await idOf(person, 'Lyon'), { value: 'Nice', text: 'They live in Nice.' });
    expect(told('job.memories').at(-1)).toMatchObject({ revision: 2, memories: [{ key: 'place', value: 'Nice' }] });
  });

  it('is not kept once more where the avatar had learned it before it knew', async () => {
    const { person, learn } = await call();
    learn(0, CANDLES);
    await kept.memories.forget(person);
    learn(0, CANDLES);
    expect(await memoriesOf(person)).toEqual([]);
    learn(1, LYON);
    expect(await memoriesOf(person)).toMatchObject([{ value: 'Lyon' }]);
  });

  it('does not come back with the last lesson of a call that they have left', async () => {
    const { room, seat, person, learn } = await call();
    learn(0, CANDLES);
    room.leave(seat, 'left');
    await kept.memories.forget(person);
    learn(0, CANDLES);
    expect(await memoriesOf(person)).toEqual([]);
  });

  it('disturbs nobody where there was nothing to erase, nor where they are not known', async () => {
    const ann = await call();
    const guest = await call(ann.person, { remember: false });
    ann.learn(0, CANDLES);
    expect(await kept.memories.forget('p-somebody')).toBe(0);
    expect(ann.told('job.memories')).toEqual([]);
    await kept.memories.forget(ann.person);
    expect([ann, guest].map(({ told }) => told('job.memories').length)).toEqual([1, 0]);
  });

  it('is unchanged to the avatar where it could not be erased', async () => {
    const { person, learn, told } = await call();
    learn(0, CANDLES);
    const failing = kept.memories.changeAll(person, () => Promise.reject(new Error('gone')));
    await expect(failing).rejects.toThrow('gone');
    expect(told('job.memories')).toMatchObject([{ revision: 1, memories: [CANDLES], turns: [] }]);
  });
});

describe('a conversation that is deleted in mid-call', () => {
  const answer = { turnId: 'a', role: 'avatar' as const, speaker: 'avatar', speakerName: 'Ollie' };

  it('leaves the pages, the room and the avatar, and what is said then is not kept', async () => {
    const { room, removed, told } = await call();
    const id = kept.memory.conversation(room)!;
    room.logged(entry('a'));
    room.logged(entry('a:avatar', { ...answer, final: false }));
    expect(await kept.remove(id)).toBe(true);
    expect(removed).toEqual(['a', 'a:avatar']);
    expect(room.history).toEqual([]);
    expect(told('job.struck')).toMatchObject([{ entries: ['a', 'a:avatar'] }]);
    room.logged(entry('a:avatar', answer));
    room.logged(entry('b'));
    expect(room.history.map(each => each.id)).toEqual(['b']);
    await kept.settled();
    const rows = kept.database.db.selectFrom('conversations').select('id').where('room', '=', room.name);
    expect(await rows.execute()).toEqual([]);
  });

  it('by one of several: only their part', async () => {
    const { room, person, removed, told } = await call();
    room.join(admission('bob', { person: 'p-bob', room: room.name }), () => {});
    room.logged(entry('a'));
    room.logged(entry('a:avatar', answer));
    room.logged(entry('c', { speaker: 'bob', speakerName: 'Bob' }));
    await kept.withdraw(kept.memory.conversation(room)!, person);
    expect(removed).toEqual(['a', 'a:avatar']);
    expect(room.history.map(each => each.id)).toEqual(['c']);
    expect(told('job.struck')).toMatchObject([{ entries: ['a', 'a:avatar'] }]);
  });

  it('by one of several: the answers to them alone, whatever their turns are called', async () => {
    const { room, person, removed, told } = await call();
    room.join(admission('bob', { person: 'p-bob', room: room.name }), () => {});
    const reply = (turnId: string, ...answers: string[]) =>
      room.logged(entry(`${turnId}:avatar`, { role: 'avatar', speaker: 'avatar', turnId, answers }));
    room.logged(entry('a'));
    room.logged(entry('b', { speaker: 'bob', speakerName: 'Bob' }));
    reply('b', 'a', 'b');
    room.logged(entry('c'));
    reply('fresh', 'c');
    const id = kept.memory.conversation(room)!;
    await kept.withdraw(id, person);
    // The answer that was under way, and those that come too late.
    reply('fresh', 'c');
    reply('fresh-2', 'a', 'c');
    expect(removed).toEqual(['a', 'c', 'fresh:avatar']);
    expect(room.history.map(each => each.id)).toEqual(['b', 'b:avatar']);
    expect(told('job.struck')).toMatchObject([{ entries: expect.toSatisfy(ids => ids.length === 3) }]);
    await kept.settled();
    const rows = kept.database.db.selectFrom('messages').select('id').where('conversation_id', '=', id);
    expect((await rows.execute()).map(row => row.id).toSorted()).toEqual(['b', 'b:avatar']);
  });

  it('[S1] leaves the others’ pages as they are, also where the database fails afterwards', async () => {
    const { room, person } = await call();
    const removed: string[] = [];
    room.join(admission('gus', { room: room.name }), (name, payload) => {
      if (name === 'log.removed') removed.push((payload as { entryId: string }).entryId);
    });
    room.logged(entry('g', { speaker: 'gus' }));
    room.logged(entry('a'));
    const compact = vi.spyOn(kept.database, 'compact').mockRejectedValueOnce(new Error('away'));
    await kept.withdraw(kept.memory.conversation(room)!, person);
    compact.mockRestore();
    expect(removed).toEqual(['a']);
    expect(room.history.map(each => each.id)).toEqual(['g']);
  });

  it('an earlier one that is taken up again is not referred to any more', async () => {
    const first = await call();
    const id = kept.memory.conversation(first.room)!;
    first.room.logged(entry('old', { speaker: 'ann' }));
    first.room.leave(first.seat, 'left');
    await kept.settled();
    const { told } = await call(first.person, { resume: true });
    expect(host.of('job.offer').at(-1)).toMatchObject({ earlier: [{ id: 'old' }] });
    await kept.withdraw(id, first.person);
    expect(told('job.struck')).toMatchObject([{ entries: ['old'] }]);
  });
});
