import { describe, expect, it } from 'vitest';
import type { Room } from '../rooms/room.ts';
import { FakeHost } from '../testing/fakes.ts';
import { hostsFor } from './places.ts';

const room = (openedBy?: string, hadAgent = false) => ({ openedBy, hadAgent }) as Room;
const rooms = (count: number, openedBy?: string) => Array.from({ length: count }, () => room(openedBy));
/** Two regular hosts of four places each, and one that stands by. */
const [one, two, standby] = [
  new FakeHost('one', { load: 0.5 }),
  new FakeHost('two', { load: 0.25 }),
  new FakeHost('standby', {}, true),
];
const hosts = [standby, one, two];
const ids = (asked: Room, served: Room[]) => hostsFor(asked, hosts, served).map(({ id }) => id);

describe('hosts for a room', () => {
  it('are the least loaded first, and those that stand by last', () => {
    expect(ids(room('a'), [])).toEqual(['two', 'one', 'standby']);
  });

  it('are none that load their models, drain, or are full', () => {
    const unable = [{ avatarReady: false }, { draining: true }, { load: 1 }].map(
      (status, i) => new FakeHost(String(i), status),
    );
    expect(hostsFor(room(), unable, [])).toEqual([]);
  });

  it('[S1] are not all for the guests of one address: the last places, and those that stand by, are for others', () => {
    const theirs = rooms(4, 'a');
    expect(ids(room('a'), theirs)).toEqual(['two', 'one']);
    expect(ids(room('a'), [...theirs, ...rooms(1, 'a')])).toEqual(['two', 'one']);
    expect(ids(room('a'), [...theirs, ...rooms(2, 'a')])).toEqual([]);
    expect(ids(room('a'), [...theirs, ...rooms(2, 'b')])).toEqual([]);
    expect(ids(room('b'), [...theirs, ...rooms(2, 'a')])).toEqual(['two', 'one', 'standby']);
  });

  it('are all for calls that lost theirs, and for whom somebody vouches', () => {
    const many = rooms(7, 'a');
    expect(ids(room('a', true), many)).toEqual(['two', 'one', 'standby']);
    expect(ids(room(), many)).toEqual(['two', 'one', 'standby']);
  });
});
