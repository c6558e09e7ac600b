import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice, NoticeName } from '../../protocol/signaling.ts';
import { admission, entry, FakeEngine, SharedDirectory } from '../testing/fakes.ts';
import type { RoomListener } from './listeners.ts';
import { Rooms } from './registry.ts';
import type { Notify, Room, Seat } from './room.ts';

const GRACE_MS = 20_000;

let engine: FakeEngine;
let rooms: Rooms;
let told: string[];
let listener: Partial<RoomListener>;

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  told = [];
  listener = {
    joined: (_, seat) => told.push(`joined ${seat.admission.identity}`),
    left: (_, identity) => told.push(`left ${identity}`),
    microphone: (_, identity, producer) => told.push(`microphone ${identity} ${producer === undefined ? 'off' : 'on'}`),
    typed: (_, { text }) => told.push(`typed ${text}`),
    picture: (_, identity) => told.push(`picture ${identity}`),
    consented: (_, { consent }) => told.push(`feelings ${consent.feelings}`),
    ended: (room, reason) => told.push(`ended ${room.name} ${reason}`),
  };
  rooms = new Rooms({ engine, graceMs: GRACE_MS, maxRooms: 3, maxPeople: 3, listener });
});
afterEach(() => {
  rooms.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A person in the room, and what their browser is told. */
class Person {
  readonly notices: { name: NoticeName; payload: unknown }[] = [];
  readonly notify: Notify = (name, payload) => this.notices.push({ name, payload });
  seat!: Seat;
  room!: Room;
  static async join(identity: string, over: Parameters<typeof admission>[1] = {}): Promise<Person> {
    const person = new Person();
    person.room = await rooms.enter(admission(identity, over));
    person.seat = person.room.join(admission(identity, over), person.notify);
    return person;
  }
  log = () => this.room.snapshot(this.seat).log;
  of<N extends NoticeName>(name: N): Notice<N>[] {
    return this.notices.filter(notice => notice.name === name).map(({ payload }) => payload as Notice<N>);
  }
}

describe('[S1] rooms of guests', () => {
  const open = (room: string, address: string, guest = true) =>
    rooms.enter(admission(`in ${room}`, { room, ...(guest && { guest }) }), address).then(
      opened => opened.join(admission(`in ${room}`, { room }), () => {}),
      error => error.code,
    );

  it('are not all held by one address', async () => {
    rooms = new Rooms({ engine, graceMs: GRACE_MS, maxRooms: 10, maxPeople: 3, maxRoomsPerAddress: 2, listener });
    const [first] = [await open('a', '10.0.0.1'), await open('b', '10.0.0.1')];
    expect(await open('c', '10.0.0.1')).toBe('server-full');
    // Rooms that are open may be joined, others have theirs, and whoever signs tokens answers for them.
    expect(await rooms.enter(admission('x', { room: 'b', guest: true }), '10.0.0.1')).toBe(rooms.find('b'));
    expect(await open('c', '10.0.0.2')).not.toBe('server-full');
    expect(await open('d', '10.0.0.1', false)).not.toBe('server-full');
    rooms.find('a')!.leave(first, 'left');
    expect(await open('e', '10.0.0.1')).not.toBe('server-full');
  });
});

describe('rooms', () => {
  it('open with the first person and are shared by those who follow', async () => {
    const [ann, bob] = [await Person.join('ann'), await Person.join('bob')];
    expect(bob.room).toBe(ann.room);
    expect(engine.rooms).toHaveLength(1);
    expect(ann.of('participant.joined')).toMatchObject([{ participant: { identity: 'bob', kind: 'human' } }]);
    expect(bob.of('participant.joined')).toEqual([]);
    expect(rooms.peopleCount).toBe(2);
    expect(rooms.find('red')).toBe(ann.room);
  });

  it('open once, though two come in the same instant', async () => {
    const [one, two] = await Promise.all([rooms.enter(admission('ann')), rooms.enter(admission('bob'))]);
    expect(one).toBe(two);
    expect(engine.rooms).toHaveLength(1);
    one.join(admission('ann'), () => {});
  });

  it('close when the last person has left, and their media with them', async () => {
    const ann = await Person.join('ann');
    ann.room.leave(ann.seat, 'left');
    expect(told).toEqual(['joined ann', 'left ann', 'ended red empty']);
    expect([ann.room.closed, engine.rooms[0]!.closed, engine.rooms[0]!.peers[0]!.closed]).toEqual([true, true, true]);
    expect(rooms.all).toEqual([]);
    const again = await Person.join('ann');
    expect(again.room).not.toBe(ann.room);
  });

  it('are no more than the server may have', async () => {
    for (const room of ['a', 'b', 'c']) await Person.join('ann', { room });
    await expect(Person.join('ann', { room: 'd' })).rejects.toMatchObject({ code: 'server-full', retryable: true });
    await Person.join('bob', { room: 'c' });
  });

  it('hold no more people than they may', async () => {
    for (const name of ['ann', 'bob', 'cid']) await Person.join(name);
    await expect(Person.join('dan')).rejects.toMatchObject({ code: 'room-full', retryable: true });
    expect(rooms.find('red')!.seats.size).toBe(3);
  });

  it('may be tried again when their media could not be opened', async () => {
    engine.broken = new Error('no media worker is running');
    await expect(Person.join('ann')).rejects.toThrow('no media worker');
    engine.broken = undefined;
    await Person.join('ann');
  });

  it('let nobody in while the server goes down, not even those who are on the way', async () => {
    const opening = rooms.enter(admission('ann'));
    rooms.close();
    await expect(Person.join('bob')).rejects.toMatchObject({ code: 'shutting-down' });
    const room = await opening;
    expect(room.closed).toBe(true);
    expect(() => room.join(admission('ann'), () => {})).toThrow(expect.objectContaining({ code: 'room-closed' }));
  });
});

describe('one identity', () => {
  it('has one seat: who comes second takes it, and the first is told', async () => {
    const [first, bob] = [await Person.join('ann'), await Person.join('bob')];
    const second = await Person.join('ann');
    expect(first.of('room.closed')).toMatchObject([{ reason: 'replaced', retryable: false }]);
    expect([...second.room.seats.values()]).toContain(second.seat);
    expect(second.room.seats.size).toBe(2);
    expect(engine.rooms[0]!.peers[0]!.closed).toBe(true);
    expect(bob.notices.map(({ name }) => name)).toEqual(['participant.left', 'participant.joined']);
  });

  it('does not lose its room by coming twice alone', async () => {
    const first = await Person.join('ann');
    first.room.logged(entry('e1'));
    const second = await Person.join('ann');
    expect(second.room).toBe(first.room);
    expect(second.room.closed).toBe(false);
    expect(second.room.snapshot(second.seat).log.map(({ id }) => id)).toEqual(['e1']);
  });

  it('may come again into a full room', async () => {
    for (const name of ['ann', 'bob', 'cid']) await Person.join(name);
    await Person.join('cid');
    expect(rooms.find('red')!.seats.size).toBe(3);
  });

  it('whose seat was taken cannot give it up any more', async () => {
    const [first] = [await Person.join('ann'), await Person.join('bob')];
    const second = await Person.join('ann');
    first.room.leave(first.seat, 'left');
    first.room.lost(first.seat);
    expect(second.room.seats.get('ann')).toBe(second.seat);
    expect(second.seat.presence).toBe('here');
  });
});

describe('a lost connection', () => {
  it('keeps the seat for the grace time, then gives it up', async () => {
    const [ann, bob] = [await Person.join('ann'), await Person.join('bob')];
    ann.room.lost(ann.seat);
    expect(bob.of('participant.updated')).toMatchObject([
      { participant: { identity: 'ann', presence: 'reconnecting' } },
    ]);
    vi.advanceTimersByTime(GRACE_MS - 1);
    expect(ann.room.seats.has('ann')).toBe(true);
    vi.advanceTimersByTime(1);
    expect(ann.room.seats.has('ann')).toBe(false);
    expect(bob.of('participant.left')).toEqual([{ identity: 'ann', reason: 'lost' }]);
  });

  it('is taken up again within the grace time, with the same seat and media', async () => {
    const [ann, bob] = [await Person.join('ann'), await Person.join('bob')];
    ann.room.lost(ann.seat);
    vi.advanceTimersByTime(GRACE_MS / 2);
    ann.room.broadcast('speakers', { identities: [] });
    expect(ann.of('speakers')).toEqual([]);
    const back = new Person();
    ann.room.resume(ann.seat, back.notify);
    vi.advanceTimersByTime(GRACE_MS * 2);
    expect(ann.room.seats.get('ann')).toBe(ann.seat);
    expect(engine.rooms[0]!.peers[0]!.closed).toBe(false);
    expect(bob.of('participant.updated').map(({ participant }) => participant.presence)).toEqual([
      'reconnecting',
      'here',
    ]);
    ann.room.broadcast('speakers', { identities: ['bob'] });
    expect(back.of('speakers')).toHaveLength(1);
  });

  it('twice counts the grace time from the last', async () => {
    const [ann] = [await Person.join('ann'), await Person.join('bob')];
    ann.room.lost(ann.seat);
    vi.advanceTimersByTime(GRACE_MS - 1000);
    ann.room.resume(ann.seat, ann.notify);
    ann.room.lost(ann.seat);
    vi.advanceTimersByTime(GRACE_MS - 1);
    expect(ann.room.seats.has('ann')).toBe(true);
    vi.advanceTimersByTime(1);
    expect(ann.room.seats.has('ann')).toBe(false);
  });

  it('of the last person closes the room only after the grace time', async () => {
    const ann = await Person.join('ann');
    ann.room.lost(ann.seat);
    expect(ann.room.closed).toBe(false);
    vi.advanceTimersByTime(GRACE_MS);
    expect(ann.room.closed).toBe(true);
    expect(rooms.all).toEqual([]);
  });
});

describe('a room whose media fails', () => {
  it('tells everyone that they may come back, and keeps what was said', async () => {
    const ann = await Person.join('ann');
    ann.room.logged(entry('e1'));
    ann.room.logged(entry('growing', { final: false }));
    engine.rooms[0]!.events.ended('worker-died');
    expect(ann.of('room.closed')).toMatchObject([{ reason: 'worker-died', retryable: true }]);
    const back = await Person.join('ann');
    expect(back.room).not.toBe(ann.room);
    expect(back.room.snapshot(back.seat).log.map(({ id }) => id)).toEqual(['e1']);
  });

  it('gives people what they said back, under the identity with which they return', async () => {
    const ann = await Person.join('ann-1', { person: 'p-ann' });
    for (const identity of ['bob-1', 'cat-1']) await Person.join(identity, { name: 'Guest' });
    for (const speaker of ['ann-1', 'bob-1', 'cat-1', 'avatar']) ann.room.logged(entry(speaker, { speaker }));
    engine.rooms[0]!.events.ended('worker-died');
    const back = await Person.join('ann-2', { person: 'p-ann' });
    const speakers = () => back.room.history.map(({ speaker }) => speaker);
    expect(speakers()).toEqual(['ann-2', 'bob-1', 'cat-1', 'avatar']);
    expect(back.log().map(({ speaker }) => speaker)).toEqual(['ann-2', 'bob-1', 'cat-1', 'avatar']);
  });

  it('[S1] gives nothing to a stranger of the same name, neither first nor later', async () => {
    const bob = await Person.join('bob-1', { name: 'Guest' });
    bob.room.logged(entry('e1', { speaker: 'bob-1' }));
    engine.rooms[0]!.events.ended('worker-died');
    const first = await Person.join('eve-1', { name: 'Guest' });
    first.room.logged(entry('e2', { speaker: 'eve-1' }));
    expect(first.log().map(({ id }) => id)).toEqual(['e2']);
    const back = await Person.join('bob-1', { name: 'Guest' });
    expect(back.log().map(({ id }) => id)).toEqual(['e1']);
    expect(first.log().map(({ id }) => id)).toEqual(['e2']);
    expect((await Person.join('dan-1', { person: 'p-dan', name: 'Guest' })).log()).toEqual([]);
  });

  it('keeps the log also where the first attempt to come back fails', async () => {
    const ann = await Person.join('ann');
    ann.room.logged(entry('e1'));
    engine.rooms[0]!.events.ended('worker-died');
    engine.broken = new Error('no media worker is running');
    await expect(Person.join('ann')).rejects.toThrow();
    engine.broken = undefined;
    expect((await Person.join('ann')).room.history).toHaveLength(1);
  });

  it('forgets the log when nobody comes back', async () => {
    const ann = await Person.join('ann');
    ann.room.logged(entry('e1'));
    engine.rooms[0]!.events.ended('router-closed');
    vi.advanceTimersByTime(11 * 60_000);
    expect((await Person.join('ann')).room.history).toEqual([]);
  });

  it('a room that was left forgets its log at once', async () => {
    const ann = await Person.join('ann');
    ann.room.logged(entry('e1'));
    ann.room.leave(ann.seat, 'left');
    expect((await Person.join('ann')).room.history).toEqual([]);
  });
});

describe('a room of another server', () => {
  const join = (of: Rooms) => of.enter(admission('ann')).then(room => void room.join(admission('ann'), () => {}));

  it('is not opened here: who comes is told where it is, until nobody is in it any more', async () => {
    const theirs = new FakeEngine();
    const [one, two] = SharedDirectory.of('https://one.example', 'https://two.example');
    const common = { graceMs: GRACE_MS, maxRooms: 3, maxPeople: 3, listener: {} };
    const others = new Rooms({ ...common, engine: theirs, directory: two });
    rooms = new Rooms({ ...common, engine, directory: one });
    await join(others);
    await expect(join(rooms)).rejects.toMatchObject({
      code: 'misdirected',
      message: 'This room is held by another server: join it at https://two.example.',
    });
    expect([engine.rooms.length, rooms.all.length]).toEqual([0, 0]);
    others.close();
    await join(rooms);
    expect(rooms.all).toHaveLength(1);
  });

  it('that lets go of it meanwhile may be tried again', async () => {
    const refusing = { claim: async () => false, owner: async () => undefined, release: async () => {} };
    rooms = new Rooms({ engine, graceMs: 0, maxRooms: 3, maxPeople: 3, listener: {}, directory: refusing });
    await expect(join(rooms)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('is left to others where its media cannot be opened here', async () => {
    const [one, two] = SharedDirectory.of('https://one.example', 'https://two.example');
    engine.open = async () => Promise.reject(new Error('no worker'));
    rooms = new Rooms({ engine, graceMs: 0, maxRooms: 3, maxPeople: 3, listener: {}, directory: one });
    await expect(join(rooms)).rejects.toThrow('no worker');
    expect(await two.owner('red')).toBeUndefined();
  });
});
