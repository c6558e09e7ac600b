import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NoticeName } from '../../protocol/signaling.ts';
import type { Admission } from '../auth/tokens.ts';
import { admission, FakeEngine } from '../testing/fakes.ts';
import { Room, type Seat } from './room.ts';
import { browserMedia } from './room-control.ts';

let told: { to: string; name: NoticeName; payload: unknown }[];
let dismissed: string[];
let room: Room;
const open = async (openedBy?: string, hosts: 'first' | 'grant' = 'first') => {
  const options = { name: 'red', graceMs: 60_000, maxPeople: 10, hosts, listener: {} };
  room = await Room.open(new FakeEngine(), { ...options, ...(openedBy !== undefined && { openedBy }) });
};
beforeEach(async () => {
  [told, dismissed] = [[], []];
  await open('192.0.2.1');
});
afterEach(() => room.close('shutting-down'));

const notify =
  (to: string): Seat['notify'] =>
  (name, payload) =>
    void told.push({ to, name, payload });
const join = (identity: string, over: Partial<Admission> = { guest: true }) =>
  room.join(admission(identity, over), notify(identity), undefined, () => void dismissed.push(identity));
const knocks = (identity: string, over?: Partial<Admission>) => {
  try {
    join(identity, over);
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const hosts = () => [...room.seats.values()].filter(({ host }) => host).map(({ admission: { identity } }) => identity);
const heard = (to: string, name: NoticeName) =>
  told.filter(each => each.to === to && each.name === name).map(({ payload }) => payload);

describe('the host', () => {
  it('of a room that a guest began is the guest who has been there longest', () => {
    const ann = join('ann');
    join('bob');
    join('cy');
    expect(hosts()).toEqual(['ann']);
    room.leave(ann, 'left');
    expect(hosts()).toEqual(['bob']);
    expect(heard('cy', 'participant.updated')).toMatchObject([{ participant: { identity: 'bob', host: true } }]);
    join('ann');
    expect(hosts()).toEqual(['bob']);
  });

  it('is still host when their page is loaded again: they take their own place, and nobody new is in front of others', () => {
    const ann = join('ann');
    join('bob');
    room.lost(ann, { graceMs: 5000 });
    join('ann');
    expect(hosts()).toEqual(['ann']);
    expect([...room.seats.keys()]).toEqual(['ann', 'bob']);
  });

  it('[S1] is nobody where a token opened the room that does not say so, whoever comes later', async () => {
    await open();
    join('invited', {});
    join('guest');
    expect(hosts()).toEqual([]);
  });

  it('[S1] is by grant alone where the settings say so, and once somebody with the grant has been there', async () => {
    join('ann');
    const admin = join('admin', { host: true });
    expect(hosts()).toEqual(['admin']);
    room.leave(admin, 'left');
    expect(hosts()).toEqual([]);
    await open('192.0.2.1', 'grant');
    join('ann');
    expect(hosts()).toEqual([]);
  });
});

describe('[S1] what hosts may do', () => {
  it('nobody else may, nor may anybody do it to a host by grant, or to who is not there', async () => {
    const [ann, bob] = [join('ann'), join('bob')];
    const { moderation } = room;
    const acts = [
      (by: Seat, whom: string) => moderation.mute(by, whom),
      async (by: Seat, whom: string) => moderation.askToUnmute(by, whom),
      async (by: Seat, whom: string) => moderation.remove(by, whom),
    ];
    const roomActs = [
      async (by: Seat) => moderation.lock(by, true),
      async (by: Seat) => moderation.waitingRoom(by, true),
      async (by: Seat) => moderation.admit(by, 'x', true),
      async (by: Seat) => moderation.end(by),
    ];
    for (const act of acts) {
      await expect(act(bob, 'ann')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(act(ann, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
    }
    for (const act of roomActs) await expect(act(bob)).rejects.toMatchObject({ code: 'forbidden' });
    const [admin, other] = [join('admin', { host: true }), join('other', { host: true })];
    for (const act of acts) {
      await expect(act(admin, 'other')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(act(ann, 'admin')).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect([...room.seats.values()]).toEqual([ann, bob, admin, other]);
  });

  it('a microphone that a host mutes is paused for everybody, and its person is told who did', async () => {
    const [ann, bob] = [join('ann'), join('bob')];
    const { producerId } = await browserMedia(bob.media).produce({
      transportId: 't',
      kind: 'audio',
      source: 'microphone',
      rtpParameters: {},
      paused: false,
    });
    await room.moderation.mute(ann, 'bob');
    expect(heard('ann', 'producer.changed')).toMatchObject([
      { identity: 'bob', producer: { producerId, paused: true } },
    ]);
    expect(heard('bob', 'host.muted')).toEqual([{ by: 'ANN' }]);
    room.moderation.askToUnmute(ann, 'bob');
    expect(heard('bob', 'host.unmute')).toEqual([{ by: 'ANN' }]);
  });

  it('who is removed is shown out, and comes back under neither the identity nor the person', () => {
    const ann = join('ann');
    join('bob', { guest: true, person: 'p-bob' });
    room.moderation.remove(ann, 'bob');
    expect(heard('bob', 'room.closed')).toMatchObject([{ reason: 'removed', retryable: false }]);
    expect(heard('ann', 'participant.left')).toEqual([{ identity: 'bob', reason: 'removed' }]);
    expect(dismissed).toEqual(['bob']);
    expect(knocks('bob')).toBe('forbidden');
    expect(knocks('bob-2', { guest: true, person: 'p-bob' })).toBe('forbidden');
    expect(knocks('cy')).toBe('in');
  });

  it('a locked room lets in who was there before, and who has the grant, and nobody else', () => {
    const ann = join('ann');
    room.leave(join('bob'), 'lost');
    room.moderation.lock(ann, true);
    expect(heard('ann', 'door')).toEqual([{ locked: true, waitingRoom: false }]);
    expect([knocks('cy'), knocks('bob'), knocks('admin', { host: true })]).toEqual(['locked', 'in', 'in']);
    room.moderation.lock(room.seats.get('admin')!, false);
    expect(knocks('cy')).toBe('in');
  });

  it('an end for everybody reaches those who wait, too', () => {
    const ann = join('ann');
    join('bob');
    room.moderation.waitingRoom(ann, true);
    knocks('cy');
    room.moderation.end(ann);
    for (const each of ['ann', 'bob', 'cy'])
      expect(heard(each, 'room.closed')).toMatchObject([{ reason: 'removed', forAll: true, retryable: false }]);
    expect(room.closed).toBe(true);
  });
});

describe('[S1] the waiting room', () => {
  it('keeps who is new outside until a host lets them in; hosts alone are told who it is', () => {
    const ann = join('ann');
    join('bob');
    room.moderation.waitingRoom(ann, true);
    expect(knocks('cy')).toBe('waiting');
    expect(heard('ann', 'waiting')).toEqual([{ people: [{ identity: 'cy', name: 'CY' }] }]);
    expect(heard('bob', 'waiting')).toEqual([]);
    expect(room.snapshot(ann).waiting).toEqual([{ identity: 'cy', name: 'CY' }]);
    expect(room.snapshot(room.seats.get('bob')!).waiting).toBeUndefined();
    expect([...room.seats.keys()]).toEqual(['ann', 'bob']);
    room.moderation.admit(ann, 'cy', true);
    expect(heard('cy', 'admitted')).toEqual([{}]);
    expect(knocks('cy')).toBe('in');
    expect(heard('ann', 'waiting').at(-1)).toEqual({ people: [] });
  });

  it('sends away for good whom a host sends away', () => {
    const ann = join('ann');
    room.moderation.waitingRoom(ann, true);
    knocks('cy');
    room.moderation.admit(ann, 'cy', false);
    expect(heard('cy', 'room.closed')).toMatchObject([{ reason: 'removed', retryable: false }]);
    expect(knocks('cy')).toBe('forbidden');
    expect(() => room.moderation.admit(ann, 'cy', true)).toThrow('not waiting');
  });

  it('holds so many at a time, forgets who went, and lets everybody in when it is switched off', () => {
    const ann = join('ann');
    room.moderation.waitingRoom(ann, true);
    const many = Array.from({ length: 20 }, (_, i) => `w${i}`);
    expect(many.map(each => knocks(each))).toEqual(many.map(() => 'waiting'));
    expect(knocks('late')).toBe('room-full');
    const gone = notify('gone');
    room.moderation.admit(ann, 'w0', true);
    expect(() => room.join(admission('gone', { guest: true }), gone)).toThrow('let you in');
    room.moderation.door.gone(gone);
    expect(room.moderation.door.waiting.map(({ identity }) => identity)).not.toContain('gone');
    room.moderation.waitingRoom(ann, false);
    expect(many.flatMap(each => heard(each, 'admitted'))).toHaveLength(20);
    expect(knocks('late')).toBe('in');
  });

  it('is told to whoever becomes host while somebody waits', () => {
    const ann = join('ann');
    join('bob');
    room.moderation.waitingRoom(ann, true);
    knocks('cy');
    room.leave(ann, 'left');
    expect(heard('bob', 'waiting')).toEqual([{ people: [{ identity: 'cy', name: 'CY' }] }]);
    room.leave(room.seats.get('bob')!, 'left');
    expect(heard('cy', 'room.closed')).toMatchObject([{ retryable: true }]);
  });
});
