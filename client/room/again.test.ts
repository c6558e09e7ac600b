import { expect, it } from 'vitest';
import { AGAIN_MS, keepCall, takeCall } from './again.ts';

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
}
const left = { room: 'blue', profile: { name: 'Ann' }, token: 't', atMs: 1000 };

it('a page that is loaded again knows its call, once', () => {
  const tab = storage();
  keepCall(left, tab);
  expect(takeCall('blue', 2000, tab)).toEqual(left);
  expect(takeCall('blue', 2000, tab)).toBeUndefined();
});

it('another room, or a page that comes too late, begins in the lobby', () => {
  const tab = storage();
  keepCall(left, tab);
  expect(takeCall('red', 2000, tab)).toBeUndefined();
  keepCall(left, tab);
  expect(takeCall('blue', 1000 + AGAIN_MS, tab)).toBeUndefined();
});

it('where nothing may be kept one begins in the lobby', () => {
  const forbidden = new Proxy({} as Storage, {
    get: () => () => {
      throw new Error('forbidden');
    },
  });
  expect(() => keepCall(left, forbidden)).not.toThrow();
  expect(takeCall('blue', 2000, forbidden)).toBeUndefined();
});
