import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WireError } from '../../protocol/errors.ts';
import { TokenResponse } from '../../protocol/rest.ts';
import { appKeepingNothing, type TestApp } from '../testing/app.ts';

let system: TestApp;
beforeEach(async () => {
  system = await appKeepingNothing();
});
afterEach(() => system.close());
const restart = async (settings: Record<string, unknown>) => {
  await system.close();
  system = await appKeepingNothing(settings);
};
const get = (url: string) => system.app.inject({ url });
const ask = (room: string, payload: unknown, headers: Record<string, string> = {}) =>
  system.app.inject({
    method: 'POST',
    url: `/api/rooms/${room}/token`,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
const errorOf = (response: { json(): unknown }) => WireError.parse((response.json() as { error: unknown }).error);

describe('asking for a token', () => {
  it('gives one that admits to this room under this name', async () => {
    const response = await ask('red', { name: '  Ann ', persona: 'tutor' });
    expect(response.statusCode).toBe(200);
    const { token, identity } = TokenResponse.parse(response.json());
    expect(await system.tokens.check(token)).toMatchObject({ room: 'red', name: 'Ann', persona: 'tutor', identity });
  });

  it.each([
    ['without a name', 'red', {}],
    ['with an invisible name', 'red', { name: '\u200b' }],
    ['with a name of another type', 'red', { name: ['Ann'] }],
    ['with a name too long', 'red', { name: 'x'.repeat(65) }],
    ['with something unknown', 'red', { name: 'Ann', canPublish: true }],
    ['with nothing', 'red', 'null'],
    ['with broken JSON', 'red', '{"name": '],
    ['with a hostile key', 'red', '{"name":"Ann","__proto__":{"x":1}}'],
    ['for an impossible room', '..%2f..%2fetc', { name: 'Ann' }],
    ['for a room with control characters', 'a%00b', { name: 'Ann' }],
  ])('%s is a bad request', async (_, room, body) => {
    const response = await ask(room, body);
    expect(response.statusCode).toBe(400);
    expect(errorOf(response).code).toBe('bad-request');
  });

  it('as a form is refused', async () => {
    const response = await ask('red', 'name=Ann', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(response.statusCode).toBe(415);
    expect(errorOf(response).code).toBe('bad-request');
  });

  it('with a body too large is refused', async () => {
    const response = await ask('red', { name: 'x'.repeat(100_000) });
    expect(response.statusCode).toBe(413);
    expect(errorOf(response).code).toBe('bad-request');
  });

  it('[S1] is refused where rooms are by invitation only', async () => {
    await restart({ auth: { openRooms: false } });
    const response = await ask('red', { name: 'Ann' });
    expect(response.statusCode).toBe(403);
    expect(errorOf(response).code).toBe('forbidden');
  });

  it('too often is refused for a while, for one address and not for others', async () => {
    await restart({ limits: { tokensPerMinute: 3 } });
    const from = (remoteAddress: string) =>
      system.app.inject({ method: 'POST', url: '/api/rooms/red/token', payload: { name: 'Ann' }, remoteAddress });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await from('10.0.0.1')).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await from('10.0.0.1');
    expect(errorOf(refused)).toMatchObject({ code: 'rate-limited', retryable: true });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('10.0.0.2')).statusCode).toBe(200);
  });

  it('for one room too often is refused, wherever they come from, and other rooms are open', async () => {
    await restart({ limits: { tokensPerRoomPerMinute: 2 } });
    const to = (room: string, remoteAddress: string) =>
      system.app.inject({ method: 'POST', url: `/api/rooms/${room}/token`, payload: { name: 'Ann' }, remoteAddress });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await to('red', `10.0.0.${i}`)).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await to('blue', '10.0.0.9')).statusCode).toBe(200);
  });
});

describe('[S1] a room’s tokens', () => {
  const to = (remoteAddress: string, payload: unknown) =>
    system.app.inject({
      method: 'POST',
      url: '/api/rooms/red/token',
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json' },
      remoteAddress,
    });

  it('are not used up by requests that ask for nothing', async () => {
    await restart({ limits: { tokensPerRoomPerMinute: 4 } });
    for (const address of ['10.0.0.1', '10.0.0.2'])
      for (let i = 0; i < 10; i++) expect((await to(address, { nonsense: true })).statusCode).toBe(400);
    expect((await to('10.0.0.3', { name: 'Ann' })).statusCode).toBe(200);
  });

  it('are not used up by one address, or two', async () => {
    await restart({ limits: { tokensPerRoomPerMinute: 8 } });
    for (const address of ['10.0.0.1', '10.0.0.2']) for (let i = 0; i < 10; i++) await to(address, { name: 'Eve' });
    expect((await to('10.0.0.3', { name: 'Ann' })).statusCode).toBe(200);
  });
});

describe('too many requests of any kind', () => {
  it('from one address are refused with how long to wait, are counted, and harm no other', async () => {
    await restart({ limits: { httpPerMinute: 3 } });
    const from = (remoteAddress: string, url = '/nothing') => system.app.inject({ url, remoteAddress });
    for (let i = 0; i < 3; i++) expect((await from('10.0.0.1')).statusCode).toBe(404);
    const refused = await from('10.0.0.1', '/api/personas');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('20');
    expect(errorOf(refused)).toMatchObject({ code: 'rate-limited', retryable: true });
    expect((await from('10.0.0.2', '/api/personas')).statusCode).toBe(200);
    expect((await get('/metrics')).body).toContain('visavis_rate_limited_total{scope="address",surface="http"} 1');
  });

  it('with one token are refused, from however many addresses', async () => {
    await restart({ limits: { httpPerTokenPerMinute: 2 } });
    const statuses = [];
    for (let i = 0; i < 3; i++)
      statuses.push(
        (
          await system.app.inject({
            url: '/api/personas',
            remoteAddress: `10.0.0.${i}`,
            headers: { authorization: 'Bearer a-token' },
          })
        ).statusCode,
      );
    expect(statuses).toEqual([200, 200, 429]);
    expect(
      (await system.app.inject({ url: '/api/personas', headers: { authorization: 'Bearer other' } })).statusCode,
    ).toBe(200);
  });

  it('[S1] are not hidden by what a caller says of where they come from', async () => {
    await restart({ limits: { httpPerMinute: 1 }, trustProxy: true });
    const from = (forwarded: string) =>
      system.app.inject({ url: '/api/personas', headers: { 'x-forwarded-for': `${forwarded}, 203.0.113.7` } });
    expect((await from('1.1.1.1')).statusCode).toBe(200);
    expect((await from('2.2.2.2')).statusCode).toBe(429);
  });
});
