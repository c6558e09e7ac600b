import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TokenSource } from './tokens.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function openRoom() {
  let count = 0;
  const fetcher = vi.fn(async (_url: string, _init: RequestInit) =>
    Response.json({ token: `token-${++count}`, identity: 'x', expiresAtMs: Date.now() + 60_000 }),
  );
  return { fetcher, source: new TokenSource('blue room', undefined, fetcher as unknown as typeof fetch) };
}

it('asks once for what the lobby has asked for already', async () => {
  const { fetcher, source } = openRoom();
  source.prefetch({ name: 'Ada' });
  expect(await source.get({ name: 'Ada' })).toBe('token-1');
  expect(fetcher).toHaveBeenCalledOnce();
  expect(fetcher.mock.calls[0]![0]).toBe('/api/rooms/blue%20room/token');
});

it('asks again under another name, and when the token is about to expire', async () => {
  const { source } = openRoom();
  await source.get({ name: 'Ada' });
  expect(await source.get({ name: 'Grace' })).toBe('token-2');
  vi.advanceTimersByTime(55_000);
  expect(await source.get({ name: 'Grace' })).toBe('token-3');
});

it('asks again after a failure', async () => {
  const { fetcher, source } = openRoom();
  fetcher.mockRejectedValueOnce(new TypeError('offline'));
  await expect(source.get({ name: 'Ada' })).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  expect(await source.get({ name: 'Ada' })).toBe('token-1');
});

it("passes on the server's own reason", async () => {
  const { fetcher, source } = openRoom();
  const error = { code: 'rate-limited', message: 'slow down', retryable: true };
  fetcher.mockResolvedValueOnce(Response.json({ error }, { status: 429 }));
  await expect(source.get({ name: 'Ada' })).rejects.toMatchObject(error);
});

it('never asks where an integrator has given a token', async () => {
  const { fetcher } = openRoom();
  const source = new TokenSource('blue', 'given', fetcher as unknown as typeof fetch);
  expect(await source.get({ name: 'Ada' })).toBe('given');
  expect(source.renewable).toBe(false);
  expect(fetcher).not.toHaveBeenCalled();
});
