import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostStatus } from '../../protocol/agents.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { Rooms } from '../rooms/registry.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { browserMedia } from '../rooms/room-control.ts';
import { admission, entry, FakeEngine, FakeHost, refuse, settle, silentLog } from '../testing/fakes.ts';
import { Dispatcher } from './dispatcher.ts';

let engine: FakeEngine;
let dispatcher: Dispatcher;
let rooms: Rooms;
let states: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  engine = new FakeEngine();
  dispatcher = new Dispatcher(silentLog, createMetrics());
  rooms = new Rooms({ engine, graceMs: 1000, maxRooms: 10, maxPeople: 10, listener: dispatcher.listener });
  states = [];
});
afterEach(() => {
  rooms.close();
  dispatcher.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function connect(id: string, ...how: [status?: Partial<HostStatus>, standby?: boolean]): FakeHost {
  const host = new FakeHost(id, ...how);
  dispatcher.connected(host);
  return host;
}
async function join(identity = 'ann', over: Parameters<typeof admission>[1] = {}): Promise<{ room: Room; seat: Seat }> {
  const room = await rooms.enter(admission(identity, over));
  const seat = room.join(admission(identity, over), (name, payload) => {
    if (name === 'agent.state') states.push((payload as { state: string }).state);
  });
  await settle();
  return { room, seat };
}
const offers = (host: FakeHost) => host.of('job.offer');
const jobOf = (host: FakeHost) => dispatcher.job(host, String(offers(host).at(-1)?.jobId));

describe('giving a room its avatar', () => {
  it('tells the voice that the avatar was given by who made it', async () => {
    const voice = { timbre: 0.9, pitch: 1, pace: 1 };
    dispatcher = new Dispatcher(silentLog, createMetrics(), undefined, async avatar =>
      avatar === 'mine' ? { voice } : {},
    );
    rooms = new Rooms({ engine, graceMs: 1000, maxRooms: 10, maxPeople: 10, listener: dispatcher.listener });
    const host = connect('h1');
    await join('ann', { avatar: 'mine' });
    await join('bob', { room: 'blue', avatar: 'ollie' });
    expect(offers(host).map(offer => offer.voice)).toEqual([voice, undefined]);
  });

  it('[S1] tells the own voice of whoever made the avatar where they choose it, and nobody else', async () => {
    const own = { vendor: 'elevenlabs', voice: 'v-1' };
    dispatcher = new Dispatcher(silentLog, createMetrics(), undefined, async () => ({ own }));
    rooms = new Rooms({ engine, graceMs: 1000, maxRooms: 10, maxPeople: 10, listener: dispatcher.listener });
    const host = connect('h1');
    await join('ann', { avatar: 'mine', ownsAvatar: true });
    await join('bob', { room: 'blue', avatar: 'mine' });
    expect(offers(host).map(offer => offer.own)).toEqual([own, undefined]);
    expect(offers(host)[0]).not.toHaveProperty('isOwner');
  });

  it('offers the job to a host when the first person joins, and connects its media', async () => {
    const host = connect('h1');
    const { room } = await join('ann', { persona: 'tutor', avatar: 'ollie' });
    expect(offers(host)).toMatchObject([
      {
        room: 'red',
        identity: 'avatar',
        persona: 'tutor',
        avatar: 'ollie',
        people: [{ identity: 'ann', name: 'ANN' }],
        history: [],
      },
    ]);
    expect(host.of('job.media')).toMatchObject([{ ip: '127.0.0.1', port: 5000 }]);
    expect(room.agent?.name).toBe('Ollie');
    expect(states).toEqual(['idle']);
  });

  it('tells that host, and no other, who comes, speaks, writes and goes', async () => {
    const [host, other] = [connect('h1'), connect('h2', { load: 0.5 })];
    const { room } = await join();
    const { seat: bob } = await join('bob');
    room.published(bob, { producerId: 'm', kind: 'audio', source: 'microphone', paused: false });
    await settle();
    room.typed(entry('t'));
    room.leave(bob, 'left');
    expect(host.of('job.joined')).toMatchObject([{ person: { identity: 'bob', name: 'BOB' } }]);
    expect(host.of('job.listen')).toMatchObject([{ microphone: { identity: 'bob', ssrc: 1001 } }]);
    expect(host.of('job.text')).toMatchObject([{ entry: { id: 't' } }]);
    expect(host.of('job.left')).toMatchObject([{ identity: 'bob' }]);
    expect(other.sent).toEqual([]);
    expect(offers(host)).toHaveLength(1);
  });

  it('[S1] tells no host what is for people only: not as it is typed, nor when one takes over', async () => {
    const host = connect('h1');
    const { room } = await join();
    room.typed(entry('secret', { audience: 'people' }));
    room.typed(entry('open'));
    expect(host.of('job.text')).toMatchObject([{ entry: { id: 'open' } }]);
    dispatcher.disconnected(host);
    const other = connect('h2');
    dispatcher.status(other, other.status);
    await settle();
    expect(offers(other)).toMatchObject([{ history: [{ id: 'open' }] }]);
    expect(room.history.map(({ id }) => id)).toEqual(['secret', 'open']);
  });

  it('[C2] tells a host that is still thinking what was deleted meanwhile, whatever else waits', async () => {
    const host = connect('h1');
    const thinking = Promise.withResolvers<void>();
    const { answer } = host;
    host.answer = async offer => {
      await thinking.promise;
      return answer(offer);
    };
    const room = await rooms.enter(admission('ann'));
    room.logged(entry('a'));
    room.join(admission('ann'), () => {});
    await settle();
    expect(offers(host)).toMatchObject([{ history: [{ id: 'a' }] }]);
    for (let i = 0; i < 100; i++) room.typed(entry(`t${i}`));
    room.strike(new Set(['a']));
    thinking.resolve();
    await settle();
    expect(host.of('job.text').length).toBeLessThan(100);
    expect(host.of('job.struck')).toMatchObject([{ entries: ['a'] }]);
  });

  it('passes on microphones that were there before the avatar', async () => {
    const { room, seat } = await join();
    const producer = await browserMedia(seat.media).produce({
      transportId: '',
      kind: 'audio',
      source: 'microphone',
      rtpParameters: {},
      paused: false,
    });
    room.published(seat, producer);
    const host = connect('h1');
    dispatcher.status(host, host.status);
    await settle();
    expect(host.of('job.listen')).toHaveLength(1);
  });

  it('says how many watch, and ends it with the room', async () => {
    const host = connect('h1');
    const { room, seat } = await join();
    await vi.advanceTimersByTimeAsync(3500);
    expect(host.of('job.viewers')).toHaveLength(3);
    room.leave(seat, 'left');
    expect(host.of('job.end')).toMatchObject([{ reason: 'empty' }]);
    expect(engine.rooms[0]!.agents[0]!.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(host.of('job.viewers')).toHaveLength(3);
  });
});

describe('choosing a host', () => {
  it('prefers the least loaded', async () => {
    const [busy, free] = [connect('busy', { load: 0.75 }), connect('free', { load: 0.25 })];
    await join();
    expect([offers(busy).length, offers(free).length]).toEqual([0, 1]);
  });

  it('keeps a standby free until no other can take the job', async () => {
    const [standby, busy] = [connect('standby', { load: 0 }, true), connect('busy', { load: 0.75 })];
    await join();
    expect([offers(standby).length, offers(busy).length]).toEqual([0, 1]);
    dispatcher.disconnected(busy);
    await settle();
    expect(offers(standby)).toHaveLength(1);
  });

  it.each([
    ['is full', { load: 1 }],
    ['drains', { draining: true }],
    ['cannot draw yet', { avatarReady: false }],
  ])('passes over one that %s', async (_, status) => {
    const [unfit, fit] = [connect('unfit', status), connect('fit', { load: 0.9 })];
    await join();
    expect([offers(unfit).length, offers(fit).length]).toEqual([0, 1]);
  });

  it.each([
    ['refuses', () => refuse('all places are taken')],
    [
      'does not answer',
      () => {
        throw new Error('operation has timed out');
      },
    ],
    ['answers nonsense', () => ({ yes: true })],
  ])('asks the next one when the first %s', async (_, answer) => {
    const [first, second] = [connect('first'), connect('second', { load: 0.5 })];
    first.answer = answer;
    const { room } = await join();
    expect(offers(second)).toHaveLength(1);
    expect(room.agent?.name).toBe('Ollie');
    expect(first.of('job.end')).toHaveLength(1);
    expect(states).toEqual(['idle']);
  });
});

describe('when there is no host', () => {
  it('people are told, and it is tried again until there is one', async () => {
    const { room } = await join();
    expect(states).toEqual(['away']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(states).toEqual(['away']);
    const host = connect('h1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(offers(host)).toHaveLength(1);
    expect(room.agent?.name).toBe('Ollie');
    expect(states).toEqual(['away', 'idle']);
  });

  it('a room does not wait for the next attempt when a host says it is ready', async () => {
    await join();
    const host = connect('h1', { avatarReady: false });
    dispatcher.status(host, { ...host.status, avatarReady: true });
    await settle();
    expect(offers(host)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(offers(host)).toHaveLength(1);
  });

  it('a room that closed meanwhile gets none', async () => {
    const { room, seat } = await join();
    room.leave(seat, 'left');
    const host = connect('h1');
    await vi.advanceTimersByTimeAsync(5000);
    expect(offers(host)).toEqual([]);
  });

  it('the wish of the first person is not forgotten', async () => {
    await join('ann', { persona: 'tutor' });
    const host = connect('h1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(offers(host)).toMatchObject([{ persona: 'tutor' }]);
  });
});

describe('when a persona gives its people to another', () => {
  it('the job ends, and one for the other begins with the history, and stays that one', async () => {
    const host = connect('h1');
    const { room } = await join('ann', { persona: 'tutor', avatar: 'mine' });
    room.logged(entry('e1'));
    dispatcher.handedOver(jobOf(host)!, 'sarah');
    await settle();
    expect(host.of('job.end')).toMatchObject([{ reason: 'handed over' }]);
    const given = { persona: 'sarah', arrives: true, history: [{ id: 'e1' }] };
    expect(offers(host).at(-1)).toMatchObject(given);
    expect(offers(host).at(-1)).not.toHaveProperty('avatar');
    expect(engine.rooms[0]!.agents.map(({ closed }) => closed)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(60_000);
    dispatcher.failed(jobOf(host)!, 'the face is gone');
    await settle();
    expect(offers(host).at(-1)).toMatchObject({ persona: 'sarah' });
    expect(offers(host).at(-1)).not.toHaveProperty('arrives');
  });

  it('a job that is over hands nobody over', async () => {
    const host = connect('h1');
    await join();
    const old = jobOf(host)!;
    dispatcher.handedOver(old, 'sarah');
    await settle();
    dispatcher.handedOver(old, 'june');
    await settle();
    expect(offers(host)).toHaveLength(2);
  });
});

describe('when a host is lost in mid-call', () => {
  it('another one takes over, with what was said so far', async () => {
    const [first, second] = [connect('first'), connect('second', { load: 0.5 })];
    const { room } = await join();
    room.logged(entry('e1'));
    room.logged(entry('e2', { role: 'avatar', text: 'I was', final: false }));
    dispatcher.disconnected(first);
    await settle();
    expect(offers(second)).toMatchObject([{ history: [{ id: 'e1' }, { id: 'e2', final: true, interrupted: true }] }]);
    expect(room.agent).toBeDefined();
    expect(engine.rooms[0]!.agents.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('what the old one still says is not heard', async () => {
    const [first] = [connect('first'), connect('second', { load: 0.5 })];
    await join();
    const old = jobOf(first)!;
    dispatcher.disconnected(first);
    await settle();
    expect(dispatcher.job(first, old.id)).toBeUndefined();
    old.logged({ jobId: old.id, entry: entry('late') });
    expect(rooms.find('red')!.history).toEqual([]);
  });

  it('one that is lost while it comes leaves no second avatar behind', async () => {
    const [first, second] = [connect('first'), connect('second', { load: 0.5 })];
    const gate = Promise.withResolvers<void>();
    const opened = rooms.enter(admission('ann'));
    await settle();
    engine.rooms[0]!.agentGate = gate.promise;
    const room = await opened;
    room.join(admission('ann'), () => {});
    await settle();
    expect(offers(first)).toHaveLength(1);
    dispatcher.disconnected(first);
    await settle();
    expect(offers(second)).toHaveLength(1);
    gate.resolve();
    await settle();
    const { agents } = engine.rooms[0]!;
    expect(agents.filter(({ closed }) => !closed)).toHaveLength(1);
    expect(room.agent?.media).toBe(agents.find(({ closed }) => !closed));
  });

  it('a job that fails after a while is offered again at once', async () => {
    const host = connect('h1');
    await join();
    await vi.advanceTimersByTimeAsync(60_000);
    dispatcher.failed(jobOf(host)!, 'the face is gone');
    await settle();
    expect(offers(host)).toHaveLength(2);
    expect(new Set(offers(host).map(({ jobId }) => jobId)).size).toBe(2);
  });

  it('a job that fails at once again and again does not keep everybody busy', async () => {
    const host = connect('h1');
    await join();
    for (let i = 0; i < 50; i++) {
      const job = jobOf(host);
      if (job !== undefined) dispatcher.failed(job, 'the face cannot be drawn');
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(offers(host).length).toBeLessThanOrEqual(6);
    expect(offers(host).length).toBeGreaterThan(2);
    expect(states).toContain('away');
  });
});

describe('people who want little movement', () => {
  it('are heard by the avatar where all who watch do, and nobody else has come', async () => {
    const host = connect('h1');
    const { room, seat } = await join('ann');
    room.reduceMotion(seat, true);
    const bob = await join('bob');
    // Whoever may not watch does not count.
    await join('cy', { canSubscribe: false });
    bob.room.reduceMotion(bob.seat, true);
    room.reduceMotion(seat, false);
    room.leave(seat, 'left');
    expect(host.of('job.motion').map(({ reduced }) => reduced)).toEqual([true, false, true, false, true]);
  });

  it('are told to the next host, too', async () => {
    const first = connect('h1');
    const { room, seat } = await join('ann');
    room.reduceMotion(seat, true);
    const second = connect('h2');
    dispatcher.disconnected(first);
    await settle();
    expect(second.of('job.motion').map(({ reduced }) => reduced)).toEqual([true]);
  });
});
