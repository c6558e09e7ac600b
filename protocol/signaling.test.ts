import { describe, expect, it } from 'vitest';
import { RequestError, WireError } from './errors.ts';
import { TokenRequest } from './rest.ts';
import { type RequestName, requests } from './signaling.ts';

/** One good example of each request. */
const GOOD: { [N in RequestName]: Record<string, unknown> } = {
  join: { version: 1, token: 'abc' },
  'transport.connect': { transportId: 't', dtlsParameters: {} },
  'transport.restartIce': { transportId: 't' },
  produce: { transportId: 't', kind: 'audio', source: 'microphone', rtpParameters: {} },
  'producer.pause': { producerId: 'p' },
  'producer.resume': { producerId: 'p' },
  'producer.close': { producerId: 'p' },
  consume: { producerId: 'p', rtpCapabilities: {} },
  'consumer.resume': { consumerId: 'c' },
  'consumer.pause': { consumerId: 'c' },
  'consumer.layers': { consumerId: 'c', spatialLayer: 1 },
  say: { text: 'hello' },
  'animation.subscribe': {},
  'animation.unsubscribe': {},
  'reception.report': { playoutDelayMs: 80 },
  'log.earlier': { before: 'e1' },
  consent: { feelings: false, sight: true },
  motion: { reduced: true },
  ping: {},
  hand: { raised: true },
  react: { emoji: '👏' },
  rename: { name: 'Ann' },
  'host.mute': { identity: 'ann' },
  'host.unmute': { identity: 'ann' },
  'host.remove': { identity: 'ann' },
  'host.lock': { locked: true },
  'host.waiting': { on: true },
  'host.admit': { identity: 'ann', admitted: true },
  'host.end': {},
  leave: {},
};
const NAMES = Object.keys(requests) as RequestName[];
const parse = (name: RequestName, value: unknown) => requests[name].input.safeParse(value);
/** Values of every type; those that fit a field are told apart by the test. */
const VALUES: unknown[] = [undefined, null, true, 0, -1, 1.5, Number.NaN, '', 'x'.repeat(20_000), [], ['a'], () => {}];

describe.each(NAMES)('request %s', name => {
  const good = GOOD[name];

  it('is accepted when it is right', () => {
    expect(parse(name, good).success).toBe(true);
  });

  it.each([undefined, null, 5, 'text', true, [], [good]])('is refused as %j', value => {
    expect(parse(name, value).success).toBe(false);
  });

  it('is refused when any of its parts is of the wrong type', () => {
    for (const [key, value] of Object.entries(good))
      for (const other of VALUES) {
        if (typeof other === typeof value && typeof other !== 'string' && !Array.isArray(other)) continue;
        expect(parse(name, { ...good, [key]: other }).success, `${key}: ${String(other).slice(0, 20)}`).toBe(false);
      }
  });

  it('is refused when any of its parts is missing', () => {
    for (const key of Object.keys(good)) {
      const { [key]: _, ...rest } = good;
      expect(parse(name, rest).success, key).toBe(false);
    }
  });

  it('does not take over what it does not know, least of all a prototype', () => {
    const hostile = JSON.parse(
      `{"surprise": 1, "__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}}`,
    );
    const { data } = parse(name, { ...hostile, ...good });
    expect(data).not.toHaveProperty('surprise');
    expect((data as { admin?: unknown }).admin).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});

describe('bounds of requests', () => {
  it('a descriptor with a hostile key pollutes nothing', () => {
    const dtlsParameters = JSON.parse('{"__proto__": {"polluted": 1}, "role": "client"}');
    const { data } = parse('transport.connect', { transportId: 't', dtlsParameters });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((data as unknown as { dtlsParameters: { polluted?: unknown } }).dtlsParameters.polluted).toBeUndefined();
  });
  it.each([
    ['join', { version: 1.5 }],
    ['join', { token: '' }],
    ['join', { token: 'x'.repeat(8193) }],
    ['join', { resumeKey: 'x'.repeat(129) }],
    ['join', { resumeKey: 5 }],
    ['produce', { kind: 'data' }],
    ['produce', { source: 'window' }],
    ['produce', { paused: 'yes' }],
    ['produce', { transportId: 'x'.repeat(129) }],
    ['consumer.layers', { spatialLayer: 3 }],
    ['consumer.layers', { spatialLayer: 0.5 }],
    ['say', { text: '\u200b' }],
    ['say', { text: 'x'.repeat(2001) }],
    ['react', { emoji: '👎' }],
    ['rename', { name: ' ' }],
  ] as const)('%s with %j is refused', (name, part) => {
    expect(parse(name, { ...GOOD[name], ...part }).success).toBe(false);
  });
});

describe('asking for a token', () => {
  it('takes a cleaned name and nothing unknown', () => {
    expect(TokenRequest.safeParse({ name: ' Ann\u202e ' }).data).toEqual({ name: 'Ann' });
    for (const value of [
      {},
      { name: 5 },
      { name: 'Ann', admin: true },
      { name: 'Ann', persona: '' },
      { name: 'Ann', persona: 'x'.repeat(65) },
      [],
      null,
    ])
      expect(TokenRequest.safeParse(value).success).toBe(false);
  });
});

describe('errors on the wire', () => {
  it('say what happened and whether trying again helps, and nothing else', () => {
    const wire = new RequestError('room-full', 'This room is full.', { retryable: true }).toWire();
    expect(wire).toEqual({ code: 'room-full', message: 'This room is full.', retryable: true });
    expect(WireError.safeParse(wire).success).toBe(true);
    expect(new RequestError('forbidden', 'No.').toWire().retryable).toBe(false);
  });
});

describe('a typed message', () => {
  it('is for everybody or for people only, and for nobody else', () => {
    const to = (audience?: unknown) => requests.say.input.safeParse({ text: 'hello', audience }).data?.audience;
    expect(to()).toBe('everyone');
    expect(to('people')).toBe('people');
    for (const wrong of ['avatar', '', null, 1, ['people']]) expect(to(wrong)).toBeUndefined();
  });
});
