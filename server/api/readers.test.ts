import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Settings } from '../../settings/settings.ts';
import { Tokens } from '../auth/tokens.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { gatesOf, silentLog } from '../testing/fakes.ts';
import type { ApiDeps } from './deps.ts';
import { Readers } from './readers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const readersOf = (ready: () => Promise<void>) =>
  new Readers(Settings.parse({}), silentLog, {
    tokens: new Tokens({ apiKey: 'key', apiSecret: 'k'.repeat(40) }, 1000),
    gates: gatesOf(createMetrics()),
    conversations: { database: { ready, db: 'db' }, nearlySettled: async () => {} },
  } as unknown as ApiDeps);

it('nobody waits longer than ten seconds for a database that says nothing', async () => {
  const asked = readersOf(() => new Promise(() => {})).read(async () => 'an answer');
  const refused = expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await vi.advanceTimersByTimeAsync(10_000);
  await refused;
});

it('an answer in time leaves no timer behind', async () => {
  expect(await readersOf(async () => {}).read(async () => 'an answer')).toBe('an answer');
  expect(vi.getTimerCount()).toBe(0);
});
