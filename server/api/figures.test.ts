import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Health } from '../../protocol/rest.ts';
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

describe('health', () => {
  const health = async () => {
    const response = await get('/health');
    return { status: response.statusCode, body: Health.parse(response.json()) };
  };

  it('is 503 until a host can hold a call, then 200', async () => {
    expect(await health()).toMatchObject({ status: 503, body: { status: 'starting', model_loaded: false } });
    const host = new FakeHost('h1', { modelLoaded: false });
    system.dispatcher.connected(host);
    expect(await health()).toMatchObject({
      status: 503,
      body: { status: 'degraded', model_loaded: false, avatar_ready: true },
    });
    system.dispatcher.status(host, { ...host.status, modelLoaded: true });
    expect(await health()).toMatchObject({
      status: 200,
      body: { status: 'ok', model_loaded: true, avatar_ready: true, active_connections: 7 },
    });
  });

  it('names the embedded vendors that others stand in for, and calls can be held', async () => {
    system.dispatcher.connected(new FakeHost('h1'));
    system.dispatcher.connected(new FakeHost('h2', { lacking: ['hibari'] }));
    expect(await health()).toMatchObject({ status: 200, body: { status: 'ok', lacking: ['hibari'] } });
    expect((await get('/api/personas')).json()).toMatchObject({ lacking: ['hibari'] });
  });

  it.each([
    ['a media worker is down', () => (system.engine.healthy = false), 'degraded'],
    ['the server goes down', () => (system.draining = true), 'draining'],
    ['the host is gone', () => system.dispatcher.disconnected(system.dispatcher.hosts[0]!), 'starting'],
    [
      'the only host drains',
      () =>
        system.dispatcher.status(system.dispatcher.hosts[0]!, {
          ...system.dispatcher.hosts[0]!.status,
          draining: true,
        }),
      'degraded',
    ],
  ])('is 503 when %s', async (_, spoil, status) => {
    system.dispatcher.connected(new FakeHost('h1'));
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
      system.dispatcher.connected(host);
    }
    const mute = new FakeHost('h3');
    mute.answer = () => {
      throw new Error('operation has timed out');
    };
    system.dispatcher.connected(mute);
    const odd = new FakeHost('h4');
    odd.answer = () => 'nonsense';
    system.dispatcher.connected(odd);
    const found = families((await get('/metrics')).body);
    expect(found.get('visavis_agent_jobs_total')).toEqual([5]);
    expect(found.get('visavis_agent_hosts')).toEqual([4, 0]);
  });

  it('[S1] are not for whoever comes through a proxy of this machine', async () => {
    for (const [name, value] of [
      ['x-forwarded-for', '203.0.113.7'],
      ['forwarded', 'for=203.0.113.7'],
      ['via', '1.1 proxy'],
      ['x-real-ip', '203.0.113.7'],
      ['x-forwarded-proto', 'https'],
    ] as const)
      expect((await system.app.inject({ url: '/metrics', headers: { [name]: value } })).statusCode).toBe(403);
    await restart({ metricsToken: 'm'.repeat(16) });
    const read = (token: string) =>
      system.app.inject({ url: '/metrics', remoteAddress: '10.0.0.1', headers: { authorization: `Bearer ${token}` } });
    expect((await read('m'.repeat(16))).statusCode).toBe(200);
    expect((await read('m'.repeat(15))).statusCode).toBe(403);
  });

  it('[S1] are not for pages of a foreign name, however it is written', async () => {
    for (const url of ['/metrics', '/%6detrics', '/metrics?x=1'])
      expect((await system.app.inject({ url, headers: { host: 'evil.example:3000' } })).statusCode).toBe(421);
    await restart({ host: '0.0.0.0', hostnames: ['visavis'] });
    expect((await system.app.inject({ url: '/metrics', headers: { host: 'evil.example' } })).statusCode).toBe(421);
    expect((await system.app.inject({ url: '/metrics', headers: { host: 'visavis:3000' } })).statusCode).toBe(200);
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
