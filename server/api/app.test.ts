import type { FastifyInstance } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WireError } from '../../protocol/errors.ts';
import { Health, TokenResponse } from '../../protocol/rest.ts';
import { Tokens } from '../auth/tokens.ts';
import { ServerConfig } from '../config/schema.ts';
import { Dispatcher } from '../hosts/dispatcher.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { Portraits } from '../portraits/portraits.ts';
import { Rooms } from '../rooms/registry.ts';
import { FakeEngine, FakeHost, silentLog } from '../testing/fakes.ts';
import { createApp } from './app.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const tokens = new Tokens(KEYS, 3600_000);

let app: FastifyInstance;
let engine: FakeEngine;
let dispatcher: Dispatcher;
let draining: boolean;

async function start(overrides: Record<string, unknown> = {}): Promise<void> {
  const config = ServerConfig.parse(overrides);
  engine = new FakeEngine();
  const metrics = createMetrics();
  dispatcher = new Dispatcher(silentLog, metrics);
  draining = false;
  const rooms = new Rooms({ engine, graceMs: 0, maxRooms: 5, maxPeople: 5, listener: dispatcher.listener });
  app = await createApp(config, undefined, silentLog, {
    rooms,
    tokens,
    engine,
    dispatcher,
    metrics,
    portraits: new Portraits(config, silentLog),
    connections: () => 7,
    draining: () => draining,
  });
}
beforeEach(() => start());
afterEach(() => app.close());

const get = (url: string) => app.inject({ url });
const ask = (room: string, payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
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
    expect(await tokens.check(token)).toMatchObject({ room: 'red', name: 'Ann', persona: 'tutor', identity });
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
    await app.close();
    await start({ auth: { openRooms: false } });
    const response = await ask('red', { name: 'Ann' });
    expect(response.statusCode).toBe(403);
    expect(errorOf(response).code).toBe('forbidden');
  });

  it('too often is refused for a while, for one address and not for others', async () => {
    await app.close();
    await start({ limits: { tokensPerMinute: 3 } });
    const from = (remoteAddress: string) =>
      app.inject({ method: 'POST', url: '/api/rooms/red/token', payload: { name: 'Ann' }, remoteAddress });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await from('10.0.0.1')).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await from('10.0.0.1');
    expect(errorOf(refused)).toMatchObject({ code: 'rate-limited', retryable: true });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('10.0.0.2')).statusCode).toBe(200);
  });

  it('for one room too often is refused, wherever they come from, and other rooms are open', async () => {
    await app.close();
    await start({ limits: { tokensPerRoomPerMinute: 2 } });
    const to = (room: string, remoteAddress: string) =>
      app.inject({ method: 'POST', url: `/api/rooms/${room}/token`, payload: { name: 'Ann' }, remoteAddress });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await to('red', `10.0.0.${i}`)).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await to('blue', '10.0.0.9')).statusCode).toBe(200);
  });
});

describe('too many requests of any kind', () => {
  it('from one address are refused with how long to wait, are counted, and harm no other', async () => {
    await app.close();
    await start({ limits: { httpPerMinute: 3 } });
    const from = (remoteAddress: string, url = '/nothing') => app.inject({ url, remoteAddress });
    for (let i = 0; i < 3; i++) expect((await from('10.0.0.1')).statusCode).toBe(404);
    const refused = await from('10.0.0.1', '/api/personas');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('20');
    expect(errorOf(refused)).toMatchObject({ code: 'rate-limited', retryable: true });
    expect((await from('10.0.0.2', '/api/personas')).statusCode).toBe(200);
    expect((await get('/metrics')).body).toContain('visavis_rate_limited_total{scope="address",surface="http"} 1');
  });

  it('with one token are refused, from however many addresses', async () => {
    await app.close();
    await start({ limits: { httpPerTokenPerMinute: 2 } });
    const statuses = [];
    for (let i = 0; i < 3; i++)
      statuses.push(
        (
          await app.inject({
            url: '/api/personas',
            remoteAddress: `10.0.0.${i}`,
            headers: { authorization: 'Bearer a-token' },
          })
        ).statusCode,
      );
    expect(statuses).toEqual([200, 200, 429]);
    expect((await app.inject({ url: '/api/personas', headers: { authorization: 'Bearer other' } })).statusCode).toBe(
      200,
    );
  });

  it('[S1] are not hidden by what a caller says of where they come from', async () => {
    await app.close();
    await start({ limits: { httpPerMinute: 1 }, trustProxy: true });
    const from = (forwarded: string) =>
      app.inject({ url: '/api/personas', headers: { 'x-forwarded-for': `${forwarded}, 203.0.113.7` } });
    expect((await from('1.1.1.1')).statusCode).toBe(200);
    expect((await from('2.2.2.2')).statusCode).toBe(429);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://a.example';
  const preflight = (from: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/api/rooms/red/token',
      headers: { origin: from, 'access-control-request-method': 'POST' },
    });

  it('[S1] may use nothing, unless they are listed', async () => {
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
    await app.close();
    await start({ corsOrigins: [origin] });
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBe(origin);
    expect((await preflight('https://b.example')).headers['access-control-allow-origin']).toBeUndefined();
    const answer = await app.inject({ url: '/api/personas', headers: { origin } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('addresses', () => {
  it.each([
    '/nothing',
    '/api',
    '/api/rooms',
    '/api/rooms/red',
    '/socket.io.js',
    '/r',
    '/r/a/b',
  ])('that do not exist are answered with a typed error: %s', async url => {
    const response = await get(url);
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toMatch(/application\/json/);
    expect(errorOf(response).code).toBe('not-found');
  });

  it.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e%2f%2e%2e%2f..%2fserver/main.ts',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/%00',
    '/.env',
    '/data/development-key.json',
  ])('outside the page give nothing away: %s', async url => {
    const response = await get(url);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.body).not.toMatch(/"version"|apiSecret|root:/);
  });

  it.each([
    '/%zz',
    '/%',
    '/api/rooms/%ff/token',
    `/${'x'.repeat(5000)}`,
  ])('that cannot be read are answered with a typed error: %.40s', async url => {
    const response = await get(url);
    expect([400, 403, 404, 414]).toContain(response.statusCode);
    expect(errorOf(response).message).not.toBe('');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  it('are not read with methods that nobody expects', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)
      expect((await app.inject({ method, url: '/health' })).statusCode).toBe(404);
  });

  it('say nothing of the stack when something breaks', async () => {
    engine.healthy = true;
    Object.defineProperty(dispatcher, 'hosts', {
      get: () => {
        throw new Error('secret detail');
      },
    });
    const response = await get('/api/personas');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret detail');
    expect(errorOf(response).code).toBe('internal');
  });
});

describe('security headers', () => {
  it.each(['/health', '/nothing', '/api/personas', '/metrics'])('are on %s', async url => {
    const { headers } = await get(url);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\bwss?:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['permissions-policy']).toContain('microphone=(self)');
  });

  it('cannot be added to by what a caller sends', async () => {
    const response = await get('/api/rooms/a%0d%0aSet-Cookie:%20x=1/token');
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('health', () => {
  const health = async () => {
    const response = await get('/health');
    return { status: response.statusCode, body: Health.parse(response.json()) };
  };

  it('is 503 until a host can hold a call, then 200', async () => {
    expect(await health()).toMatchObject({ status: 503, body: { status: 'starting', model_loaded: false } });
    const host = new FakeHost('h1', { modelLoaded: false });
    dispatcher.connected(host);
    expect(await health()).toMatchObject({
      status: 503,
      body: { status: 'degraded', model_loaded: false, avatar_ready: true },
    });
    dispatcher.status(host, { ...host.status, modelLoaded: true });
    expect(await health()).toMatchObject({
      status: 200,
      body: { status: 'ok', model_loaded: true, avatar_ready: true, active_connections: 7 },
    });
  });

  it.each([
    ['a media worker is down', () => (engine.healthy = false), 'degraded'],
    ['the server goes down', () => (draining = true), 'draining'],
    ['the host is gone', () => dispatcher.disconnected(dispatcher.hosts[0]!), 'starting'],
    [
      'the only host drains',
      () => dispatcher.status(dispatcher.hosts[0]!, { ...dispatcher.hosts[0]!.status, draining: true }),
      'degraded',
    ],
  ])('is 503 when %s', async (_, spoil, status) => {
    dispatcher.connected(new FakeHost('h1'));
    expect((await health()).status).toBe(200);
    spoil();
    expect(await health()).toMatchObject({ status: 503, body: { status } });
  });

  it('says how it is, in figures', async () => {
    const { body } = await health();
    expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(5000);
    expect(body.memory.rss_bytes).toBeGreaterThan(body.memory.heap_used_bytes);
  });
});

describe('metrics', () => {
  /** Reads Prometheus' text format strictly: every sample under its own type, no family twice. */
  function families(text: string): Map<string, number[]> {
    const found = new Map<string, number[]>();
    const types = new Map<string, string>();
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
      if (type) {
        expect(types.has(type[1]!), `${type[1]} is described twice`).toBe(false);
        types.set(type[1]!, type[2]!);
        continue;
      }
      if (line.startsWith('# HELP ')) continue;
      const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/.exec(line);
      expect(sample, `not a sample: ${line}`).not.toBeNull();
      const [, name, , value] = sample!;
      expect(types.has(name!) || types.has(name!.replace(/_(bucket|sum|count)$/, '')), `${name} has no type`).toBe(
        true,
      );
      expect(value).toMatch(/^(-?[\d.]+(e[+-]?\d+)?|[+-]Inf|NaN?)$/i);
      found.set(name!, [...(found.get(name!) ?? []), Number(value)]);
    }
    return found;
  }

  it('are in Prometheus’ text format', async () => {
    const response = await get('/metrics');
    expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const found = families(response.body);
    expect(found.get('visavis_rooms')).toEqual([0]);
    expect(found.has('visavis_server_process_cpu_seconds_total')).toBe(true);
    expect([...found.keys()].every(name => name.startsWith('visavis_'))).toBe(true);
  });

  it('hold the hosts’ figures, summed, and bear hosts that do not answer', async () => {
    for (const [id, jobs] of [
      ['h1', 2],
      ['h2', 3],
    ] as const) {
      const registry = new Registry();
      new Counter({ name: 'visavis_agent_jobs_total', help: 'Jobs', registers: [registry] }).inc(jobs);
      const figures = await registry.getMetricsAsJSON();
      const host = new FakeHost(id);
      host.answer = () => figures;
      dispatcher.connected(host);
    }
    const mute = new FakeHost('h3');
    mute.answer = () => {
      throw new Error('operation has timed out');
    };
    dispatcher.connected(mute);
    const odd = new FakeHost('h4');
    odd.answer = () => 'nonsense';
    dispatcher.connected(odd);
    const found = families((await get('/metrics')).body);
    expect(found.get('visavis_agent_jobs_total')).toEqual([5]);
    expect(found.get('visavis_agent_hosts')).toEqual([4, 0]);
  });

  it('[S1] are not for whoever comes through a proxy of this machine', async () => {
    expect((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.7' } })).statusCode).toBe(403);
    expect((await app.inject({ url: '/metrics', headers: { forwarded: 'for=203.0.113.7' } })).statusCode).toBe(403);
    await app.close();
    await start({ metricsToken: 'm'.repeat(16) });
    const read = (token: string) =>
      app.inject({ url: '/metrics', remoteAddress: '10.0.0.1', headers: { authorization: `Bearer ${token}` } });
    expect((await read('m'.repeat(16))).statusCode).toBe(200);
    expect((await read('m'.repeat(15))).statusCode).toBe(403);
  });

  it('count answers by kind', async () => {
    await get('/health');
    await get('/nothing');
    await get('/nothing');
    const { body } = await get('/metrics');
    expect(body).toContain('visavis_http_requests_total{status="4xx"} 2');
    expect(body).toContain('visavis_http_requests_total{status="5xx"} 1');
  });
});

describe('personas', () => {
  it('are those of all hosts, each once', async () => {
    expect((await get('/api/personas')).json()).toEqual({ personas: [], defaultPersona: '' });
    const ollie = { id: 'ollie', name: 'Ollie', description: '', avatar: 'ollie', expertise: ['shells'] };
    const host = new FakeHost('h1');
    host.personas.push(ollie);
    const other = new FakeHost('h2');
    other.personas.push(ollie, { ...ollie, id: 'tutor' });
    dispatcher.connected(host);
    dispatcher.connected(other);
    const body = (await get('/api/personas')).json() as { personas: { id: string }[]; defaultPersona: string };
    expect(body.personas[0]).toEqual(ollie);
    expect(body.personas.map(({ id }) => id)).toEqual(['ollie', 'tutor']);
    expect(body.defaultPersona).toBe('ollie');
  });
});
