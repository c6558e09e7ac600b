import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SleepingEndpoint } from '../../test/vendors/sleeping.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { heldFetch, retryAfterMs } from './held-fetch.ts';

let endpoint: SleepingEndpoint;
let clock: VirtualClock;
beforeEach(async () => {
  [endpoint, clock] = [new SleepingEndpoint(), new VirtualClock()];
  endpoint.answer = (response, { method, body }) => response.end(`${method} ${body}`);
  await endpoint.open();
});
afterEach(async () => {
  expect(clock.pending).toBe(0);
  await endpoint.close();
});

const post = (signal = new AbortController().signal) =>
  heldFetch({ clock, waitMs: 5000 })(`${endpoint.origin}/v1/ask`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: '{"said":"something"}',
    signal,
  });
/** Time goes by as soon as somebody waits. */
const later = async (ms: number) => {
  await vi.waitUntil(() => clock.pending > 0);
  await clock.advance(ms);
};

describe('an answer under a ticket', () => {
  it('is waited for with GET, the key and nothing of what was asked, from ticket to ticket', async () => {
    endpoint.script = ['ticket', 'ticket'];
    const response = await post();
    expect(await response.text()).toBe('POST {"said":"something"}');
    expect(endpoint.knocked.map(({ method, body }) => `${method} ${body}`)).toEqual([
      'POST {"said":"something"}',
      'GET ',
      'GET ',
    ]);
    expect(endpoint.knocked.every(({ authorization }) => authorization === 'Bearer key')).toBe(true);
    expect(endpoint.problems).toEqual([]);
  });

  it('that is not there yet is asked for again', async () => {
    endpoint.script = ['ticket', 'not yet', 'not yet'];
    const asked = post();
    await later(1000);
    await later(1000);
    expect((await asked).status).toBe(200);
    expect(endpoint.knocked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET']);
  });

  it('is followed nowhere else: what leads to another origin is the answer', async () => {
    endpoint.script = ['elsewhere'];
    expect((await post()).status).toBe(303);
    endpoint.script = ['ticket', 'elsewhere'];
    expect((await post()).status).toBe(303);
    expect(endpoint.knocked).toHaveLength(3);
  });

  it('that always leads on comes to an end [C2]', async () => {
    endpoint.usual = 'ticket';
    expect((await post()).status).toBe(303);
    expect(endpoint.knocked).toHaveLength(21);
  });

  it('[T6] is waited for no longer than its signal says, and nothing is left open', async () => {
    endpoint.script = ['ticket', 'hold'];
    const stop = new AbortController();
    const asked = post(stop.signal);
    await vi.waitUntil(() => endpoint.knocked.length === 2);
    stop.abort(new Error('called off'));
    await expect(asked).rejects.toThrow('called off');
    await vi.waitUntil(() => endpoint.hungUp === 1);
    endpoint.script = ['ticket', 'not yet'];
    const again = new AbortController();
    const waiting = post(again.signal);
    await vi.waitUntil(() => clock.pending > 0);
    again.abort(new Error('called off, too'));
    await expect(waiting).rejects.toThrow('called off, too');
  });
});

describe('who is busy', () => {
  it.each([429, 503])('for a short while is asked again when they say, twice at most: %i', async status => {
    endpoint.usual = { status, retryAfter: '2' };
    const asked = post();
    await later(2000);
    await later(2000);
    expect((await asked).status).toBe(status);
    expect(endpoint.knocked).toHaveLength(3);
  });

  it.each(['60', 'never', ''])('is not waited for where there is no time, or it is not said: %j', async retryAfter => {
    endpoint.script = [{ status: 429, retryAfter }];
    expect((await post()).status).toBe(429);
    expect(endpoint.knocked).toHaveLength(1);
  });

  it('may name an hour of the day', () => {
    const told = (value: string) => retryAfterMs(new Response(null, { headers: { 'retry-after': value } }));
    expect(told(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
    expect(told(new Date(0).toUTCString())).toBe(0);
    expect(told('1.5')).toBe(1500);
  });
});
