import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WireError } from '../../protocol/errors.ts';
import { appKeepingNothing, type TestApp } from '../testing/app.ts';
import { FakeHost } from '../testing/fakes.ts';

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
const errorOf = (response: { json(): unknown }) => WireError.parse((response.json() as { error: unknown }).error);

describe('pages of other origins', () => {
  const origin = 'https://a.example';
  const preflight = (from: string) =>
    system.app.inject({
      method: 'OPTIONS',
      url: '/api/rooms/red/token',
      headers: { origin: from, 'access-control-request-method': 'POST' },
    });

  it('[S1] may use nothing, unless they are listed', async () => {
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
    await restart({ corsOrigins: [origin] });
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBe(origin);
    expect((await preflight('https://b.example')).headers['access-control-allow-origin']).toBeUndefined();
    const answer = await system.app.inject({ url: '/api/personas', headers: { origin } });
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
      expect((await system.app.inject({ method, url: '/health' })).statusCode).toBe(404);
  });

  it('say nothing of the stack when something breaks', async () => {
    system.engine.healthy = true;
    Object.defineProperty(system.dispatcher, 'hosts', {
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
    // WebAssembly may be compiled, for the blurred background; nothing may be evaluated.
    expect(headers['content-security-policy']).not.toMatch(/(?<!'wasm-)unsafe|\bwss?:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['permissions-policy']).toContain('microphone=(self)');
  });

  it('cannot be added to by what a caller sends', async () => {
    const response = await get('/api/rooms/a%0d%0aSet-Cookie:%20x=1/token');
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('personas', () => {
  it('are those of all hosts, each once', async () => {
    expect((await get('/api/personas')).json()).toEqual({ personas: [], defaultPersona: '', lacking: [] });
    const ollie = { id: 'ollie', name: 'Ollie', description: '', avatar: 'ollie', expertise: ['shells'] };
    const host = new FakeHost('h1');
    host.personas.push(ollie);
    const other = new FakeHost('h2');
    other.personas.push(ollie, { ...ollie, id: 'tutor' });
    system.dispatcher.connected(host);
    system.dispatcher.connected(other);
    const body = (await get('/api/personas')).json() as { personas: { id: string }[]; defaultPersona: string };
    expect(body.personas[0]).toEqual(ollie);
    expect(body.personas.map(({ id }) => id)).toEqual(['ollie', 'tutor']);
    expect(body.defaultPersona).toBe('ollie');
  });
});
