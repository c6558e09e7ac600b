import { afterEach, expect, it } from 'vitest';
import { Rooms } from '../rooms/registry.ts';
import type { Room } from '../rooms/room.ts';
import { admission, entry, FakeEngine } from '../testing/fakes.ts';
import { Suspects } from './suspects.ts';

const rooms = new Rooms({ engine: new FakeEngine(), graceMs: 0, maxRooms: 9, maxPeople: 5, listener: {} });
afterEach(() => {
  for (const room of rooms.all) room.close('empty');
});
const NOW = 1_000_000;
async function room(name: string, saidMs = NOW, prefix = ''): Promise<Room> {
  const opened = await rooms.enter(admission('ann', { room: name }));
  opened.join(admission('ann', { room: name }), () => {});
  opened.logged(entry(`${prefix}greeting`, { role: 'avatar', atMs: saidMs - 9000 }));
  opened.logged(entry(`${prefix}first`, { atMs: saidMs - 8000 }));
  opened.logged(entry(`${prefix}answer`, { role: 'avatar', atMs: saidMs - 7000 }));
  opened.logged(entry(`${prefix}second`, { atMs: saidMs - 1000 }));
  return opened;
}
const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

it('the last turn before a host hung is left out, with everything of it', async () => {
  const red = await room('red');
  red.logged(entry('third', { atMs: NOW }));
  red.logged(entry('begun', { role: 'avatar', final: false, atMs: NOW }));
  const suspects = new Suspects(() => NOW + 2000);
  expect(ids(suspects.without(red.history))).toEqual(['greeting', 'first', 'answer', 'second', 'third']);
  expect(suspects.hung([red])).toEqual(new Map([[red, ['second', 'third', 'begun']]]));
  expect(ids(suspects.without(red.history))).toEqual(['greeting', 'first', 'answer']);
});

it('when the next host hangs, too, nothing that was said until then is told again', async () => {
  const red = await room('red');
  const suspects = new Suspects(() => NOW + 2000);
  suspects.hung([red]);
  red.logged(entry('later', { atMs: NOW + 1000 }));
  expect(suspects.hung([red]).get(red)).toEqual(['greeting', 'first', 'answer', 'later']);
  expect(suspects.without(red.history)).toEqual([]);
  red.logged(entry('last', { atMs: NOW + 3000 }));
  expect(ids(suspects.without(red.history))).toEqual(['last']);
});

it('a room that is there at two hangs is suspect, though others are livelier: what it hangs on may be older', async () => {
  const [red, blue] = [await room('red'), await room('blue', NOW - 60_000, 'blue-')];
  const suspects = new Suspects(() => NOW + 2000);
  expect(suspects.hung([red, blue]).has(blue)).toBe(false);
  expect(suspects.hung([red, blue]).get(blue)).toEqual(['blue-second']);
  expect(suspects.isBad(blue)).toBe(false);
  suspects.hung([blue]);
  expect([suspects.isBad(blue), suspects.without(blue.history)]).toEqual([true, []]);
});

it('what was left out stays out when it turns up as what was said in an earlier call', async () => {
  const red = await room('red');
  const suspects = new Suspects(() => NOW + 2000);
  suspects.hung([red]);
  const later = [entry('second'), entry('another')];
  expect(ids(suspects.without(later))).toEqual(['another']);
});

it('rooms in which nothing was said lately keep what they have, where another room is suspect', async () => {
  const [red, blue] = [await room('red'), await room('blue', NOW - 60_000, 'blue-')];
  const suspects = new Suspects(() => NOW + 2000);
  expect([...suspects.hung([red, blue]).keys()]).toEqual([red]);
  expect(suspects.without(blue.history)).toHaveLength(4);
});

it('where nothing was said lately anywhere, it may have been any of them', async () => {
  const [red, blue] = [await room('red', NOW - 60_000), await room('blue', NOW - 60_000, 'blue-')];
  expect([...new Suspects(() => NOW + 2000).hung([red, blue]).keys()]).toEqual([red, blue]);
});
