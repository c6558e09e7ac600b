import { expect, it } from 'vitest';
import { TokenRequest } from '../../protocol/rest.ts';
import { forgetPersonKey, loadPersonKey, ownPersonKey } from './person.ts';

function storage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage;
}
const forbidden = {
  getItem: () => {
    throw new DOMException('denied', 'SecurityError');
  },
} as unknown as Storage;

it('makes a key when somebody wants to be remembered, one that the server accepts, and keeps it', () => {
  const kept = storage();
  expect(loadPersonKey(kept)).toBeUndefined();
  const key = ownPersonKey(kept);
  expect(TokenRequest.safeParse({ name: 'Ada', personKey: key, remember: true }).success).toBe(true);
  expect(ownPersonKey(kept)).toBe(key);
  expect(ownPersonKey(storage())).not.toBe(key);
  forgetPersonKey(kept);
  expect(loadPersonKey(kept)).toBeUndefined();
});

it('does without storage', () => {
  expect(loadPersonKey(forbidden)).toBeUndefined();
  expect(ownPersonKey(forbidden)).toMatch(/^[\w-]{32}$/);
  expect(() => forgetPersonKey(forbidden)).not.toThrow();
});
