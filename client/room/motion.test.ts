import { expect, it, vi } from 'vitest';
import { FakeSignaling, joinedOver, rememberingBrowser, seat } from './testing.ts';

rememberingBrowser();

it('tells that little movement is wanted when it joins, when that changes, and when it comes back', async () => {
  const wire = new FakeSignaling();
  wire.answers.join = () => seat();
  let reduced = true;
  const client = await joinedOver(wire, { reducedMotion: () => reduced });
  expect(wire.inputs('join')).toMatchObject([{ reducedMotion: true }]);
  client.reduceMotion(false);
  wire.link(false);
  // What changes while the connection is lost is told with the next joining.
  reduced = false;
  client.reduceMotion(false);
  wire.link(true);
  await vi.advanceTimersByTimeAsync(2);
  expect(wire.inputs('motion')).toEqual([{ reduced: false }]);
  expect(wire.inputs('join')).toMatchObject([{ reducedMotion: true }, { reducedMotion: false }]);
});
