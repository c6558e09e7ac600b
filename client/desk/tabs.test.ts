import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Channel, Tabs } from './tabs.ts';

/** What all tabs of one browser share. */
function browser() {
  const held: string[] = [];
  const channels = new Set<Channel>();
  const locks = {
    query: async () => ({ held: held.map(name => ({ name })) }),
    request: async (name: string, _: object, whileHeld: () => Promise<void>) => {
      held.push(name);
      await whileHeld();
      held.splice(held.indexOf(name), 1);
    },
  } as unknown as LockManager;
  const channel = () => {
    const own: Channel = {
      onmessage: null,
      postMessage: data => {
        for (const other of channels)
          if (other !== own)
            queueMicrotask(() => other.onmessage?.({ data } as Parameters<NonNullable<Channel['onmessage']>>[0]));
      },
      close: () => void channels.delete(own),
    };
    channels.add(own);
    return own;
  };
  return { tab: () => new Tabs({ locks, channel }), channels };
}
const CALL = { profile: { name: 'Ann' }, token: 'a.b.c' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a tab finds the call of another one in the same room, and of no other room', async () => {
  const { tab } = browser();
  tab().hold('red', () => CALL);
  expect(await tab().find('red')).toEqual(CALL);
  expect(await tab().find('blue')).toBeUndefined();
});

it('a call that is over is found no more, and nothing is left open', async () => {
  const { tab, channels } = browser();
  tab().hold('red', () => CALL)();
  await Promise.resolve();
  expect(await tab().find('red')).toBeUndefined();
  expect(channels.size).toBe(0);
});

it('one that does not answer is not waited for for long', async () => {
  const { tab } = browser();
  tab().hold('red', () => undefined);
  const found = tab().find('red');
  await vi.advanceTimersByTimeAsync(500);
  expect(await found).toBeUndefined();
});

it('where a page is not secure, tabs know nothing of each other', async () => {
  const { channels } = browser();
  const tabs = new Tabs({ locks: undefined, channel: () => expect.unreachable('nothing is opened') });
  tabs.hold('red', () => CALL)();
  expect(await tabs.find('red')).toBeUndefined();
  expect(channels.size).toBe(0);
});
