import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestError } from '../../protocol/errors.ts';
import { LocalCounters } from '../cluster/local-counters.ts';
import { Gates, networkOf } from './gate.ts';
import { limitMetrics } from './metrics.ts';

let registry: Registry;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  registry = new Registry();
});
afterEach(() => vi.useRealTimers());

const gate = (perMinute: number) =>
  new Gates(new LocalCounters(), limitMetrics([registry])).gate({
    name: 'pages',
    scope: 'address',
    surface: 'http',
    perMinute,
    message: 'slowly',
  });
const refusal = (act: () => void): RequestError | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return error as RequestError;
  }
};

describe('a gate', () => {
  it('lets each through so often, and says how long to wait', async () => {
    const door = gate(6);
    for (let i = 0; i < 6; i++) expect(refusal(() => door.pass('ann'))).toBeUndefined();
    expect(refusal(() => door.pass('ann'))?.toWire()).toEqual({
      code: 'rate-limited',
      message: 'slowly',
      retryable: true,
      retryAfterMs: 10_000,
    });
    expect(refusal(() => door.pass('bob'))).toBeUndefined();
    vi.advanceTimersByTime(10_000);
    expect(refusal(() => door.pass('ann'))).toBeUndefined();
    expect(await registry.metrics()).toContain('visavis_rate_limited_total{scope="address",surface="http"} 1');
  });

  it('[C2] remembers no more than ten thousand, the longest silent one least', () => {
    const door = gate(1);
    door.pass('first');
    door.pass('second');
    for (let i = 0; i < 9998; i++) door.pass(`caller ${i}`);
    expect(refusal(() => door.pass('first'))).toBeDefined();
    door.pass('one too many');
    expect(refusal(() => door.pass('first'))).toBeDefined();
    expect(refusal(() => door.pass('second'))).toBeUndefined();
  });
});

describe('addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
