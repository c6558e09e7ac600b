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
async function room(name: string, saidMs = NOW): Promise<Room> {
  const opened = await rooms.enter(admission('ann', { room: name }));
  opened.join(admission('ann', { room: name }), () => {});
  opened.logged(entry('greeting', { role: 'avatar', atMs: saidMs - 9000 }));
  opened.logged(entry('first', { atMs: saidMs - 8000 }));
  opened.logged(entry('answer', { role: 'avatar', atMs: saidMs - 7000 }));
  opened.logged(entry('second', { atMs: saidMs - 1000 }));
  return opened;
}
const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

it('the last turn before a host hung is left out, with everything of it', async () => {
  const red = await room('red');
  red.logged(entry('third', { atMs: NOW }));
  red.logged(entry('begun', { role: 'avatar', final: false, atMs: NOW }));
  const suspects = new Suspects(() => NOW + 2000);
  expect(ids(suspects.history(red))).toEqual(['greeting', 'first', 'answer', 'second', 'third']);
  expect(suspects.hung([red])).toEqual(new Map([[red, ['second', 'third', 'begun']]]));
  expect(ids(suspects.history(red))).toEqual(['greeting', 'first', 'answer']);
});

it('when the next host hangs, too, nothing that was said until then is told again', async () => {
  const red = await room('red');
  const suspects = new Suspects(() => NOW + 2000);
  suspects.hung([red]);
  red.logged(entry('later', { atMs: NOW + 1000 }));
  expect(suspects.hung([red]).get(red)).toEqual(['greeting', 'first', 'answer', 'later']);
  expect(suspects.history(red)).toEqual([]);
  red.logged(entry('last', { atMs: NOW + 3000 }));
  expect(ids(suspects.history(red))).toEqual(['last']);
});

it('rooms in which nothing was said lately keep what they have, where another room is suspect', async () => {
  const [red, blue] = [await room('red'), await room('blue', NOW - 60_000)];
  const suspects = new Suspects(() => NOW + 2000);
  expect([...suspects.hung([red, blue]).keys()]).toEqual([red]);
  expect(suspects.history(blue)).toHaveLength(4);
});

it('where nothing was said lately anywhere, it may have been any of them', async () => {
  const [red, blue] = [await room('red', NOW - 60_000), await room('blue', NOW - 60_000)];
  expect([...new Suspects(() => NOW + 2000).hung([red, blue]).keys()]).toEqual([red, blue]);
});
