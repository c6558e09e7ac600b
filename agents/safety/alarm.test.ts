import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { Alarm, type AlarmOptions } from './alarm.ts';

const ALERT = { kind: 'fall', room: 'kitchen', persona: 'june' } as const;

/** An alarm, what it counted and told, and a service that answers so, one status after the other. */
function scene(statuses: readonly number[], options: Partial<AlarmOptions> = {}) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const count = vi.fn();
  const requests: { url: string; init: RequestInit }[] = [];
  const left = [...statuses];
  const fetch = (async (url: string, init: RequestInit) => {
    requests.push({ url, init });
    const status = left.shift() ?? 200;
    if (status === 0) throw new TypeError('no route');
    return new Response(null, { status });
  }) as unknown as typeof globalThis.fetch;
  const alarm = new Alarm({
    webhook: 'https://ops.example.com/alert',
    webhookText: false,
    clock,
    count,
    told: outcome => told.push(outcome),
    fetch,
    ...options,
  });
  return { alarm, clock, told, count, requests };
}

describe('the alarm', () => {
  it('tells kind, room, persona and time, and not what was said', async () => {
    const { alarm, clock, told, requests, count } = scene([200]);
    alarm.raise(ALERT, 'I fell');
    expect(count).toHaveBeenCalledWith('fall');
    await vi.waitFor(() => expect(told).toEqual(['ok']));
    expect(requests[0]!.url).toBe('https://ops.example.com/alert');
    expect(JSON.parse(String(requests[0]!.init.body))).toEqual({ ...ALERT, atMs: clock.unixMs() });
  });

  it('tells what was said where the operator wants it', async () => {
    const { alarm, told, requests } = scene([200], { webhookText: true });
    alarm.raise(ALERT, 'I fell');
    await vi.waitFor(() => expect(told).toEqual(['ok']));
    expect(JSON.parse(String(requests[0]!.init.body))).toMatchObject({ text: 'I fell' });
  });

  it('signs time and body, so that the service knows who tells it, and when', async () => {
    const { alarm, told, requests } = scene([200], { secret: 'a secret' });
    alarm.raise(ALERT, '');
    await vi.waitFor(() => expect(told).toEqual(['ok']));
    const { body, headers } = requests[0]!.init;
    const signature = (headers as Record<string, string>)['x-visavis-signature']!;
    const [, time, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
    expect(hex).toBe(createHmac('sha256', 'a secret').update(`${time}.${body}`).digest('hex'));
  });

  it('tries again four times in all, then says that it could not', async () => {
    const { alarm, clock, told, requests } = scene([500, 0, 503, 404, 200]);
    alarm.raise(ALERT, '');
    await clock.advance(60_000);
    await vi.waitFor(() => expect(told).toEqual(['failed']));
    expect(requests).toHaveLength(4);
  });

  it('counts, and tells nobody, where there is no webhook', () => {
    const { alarm, count, requests } = scene([], { webhook: undefined } as Partial<AlarmOptions>);
    alarm.raise(ALERT, '');
    expect(count).toHaveBeenCalledOnce();
    expect(requests).toEqual([]);
  });

  it('[C1] gives up what it waits for when it is closed', async () => {
    const { alarm, requests } = scene([500]);
    alarm.raise(ALERT, '');
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await alarm.close();
    alarm.raise(ALERT, '');
    expect(requests).toHaveLength(1);
  });
});
