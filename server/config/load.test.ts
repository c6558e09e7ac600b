import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../../settings/file.ts';
import { loadConfig } from './load.ts';

const SECRET = 'x'.repeat(32);

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-config-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const load = (yaml?: string, env: Record<string, string> = {}) => {
  if (yaml !== undefined) fs.writeFileSync(path.join(folder, 'visavis.config.yaml'), yaml);
  return loadConfig(env, folder);
};
const problem = (yaml?: string, env: Record<string, string> = {}): string => {
  try {
    load(yaml, env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
};

describe('settings', () => {
  it('are all optional: what is not set serves this machine only', () => {
    const config = load();
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      auth: { openRooms: true },
      media: { listenIp: '127.0.0.1', rtcPort: 40_000, workers: 0, iceServers: [] },
      agents: { spawn: 1, mediaIp: '127.0.0.1' },
      https: { selfSigned: false },
      logLevel: 'info',
    });
    expect(config.auth.apiSecret).toBeUndefined();
  });

  it('of the file that comes with it are the defaults', () => {
    const shipped = fs.readFileSync(path.join(import.meta.dirname, '../../visavis.config.yaml'), 'utf8');
    expect(load(shipped)).toEqual(load());
  });

  it('may have sections in which nothing is set', () => {
    expect(load('https:\n  # selfSigned: true\nport: 8080')).toMatchObject({
      port: 8080,
      https: { selfSigned: false },
    });
  });

  it.each(['', '# only a comment\n', '{}'])('may be an empty file: %j', yaml => {
    expect(load(yaml).port).toBe(3000);
  });

  it('come from the file', () => {
    const config = load('port: 8080\nlimits:\n  rooms: 5\nagent:\n  capacity: 3\n');
    expect([config.port, config.limits.rooms, config.limits.peoplePerRoom]).toEqual([8080, 5, 16]);
    expect(config.agent.capacity).toBe(3);
  });

  it('come from the file that the environment names', () => {
    fs.writeFileSync(path.join(folder, 'other.yaml'), 'port: 1234');
    expect(load('port: 1', { VISAVIS_CONFIG: 'other.yaml' }).port).toBe(1234);
  });

  it('from the environment win', () => {
    const config = load('port: 8080\nhost: 127.0.0.5\nmedia: { rtcPort: 1 }', {
      PORT: '9090',
      VISAVIS_HOST: 'localhost',
      VISAVIS_HTTPS: 'true',
      VISAVIS_API_KEY: 'key',
      VISAVIS_API_SECRET: SECRET,
      VISAVIS_OPEN_ROOMS: '0',
      VISAVIS_RTC_PORT: '0',
      VISAVIS_MEDIA_IP: '127.0.0.2',
      VISAVIS_ANNOUNCED_ADDRESS: 'calls.example.org',
      VISAVIS_HOST_SECRET: 's'.repeat(16),
      VISAVIS_AGENTS: '3',
      VISAVIS_DATA_DIR: 'elsewhere',
      VISAVIS_LOG_LEVEL: 'warn',
    });
    expect(config).toMatchObject({
      port: 9090,
      host: 'localhost',
      https: { selfSigned: true },
      auth: { apiKey: 'key', apiSecret: SECRET, openRooms: false },
      media: { rtcPort: 0, listenIp: '127.0.0.2', announcedAddress: 'calls.example.org' },
      agents: { spawn: 3, hostSecret: 's'.repeat(16) },
      dataDir: 'elsewhere',
      logLevel: 'warn',
    });
  });

  it('from empty variables are none', () => {
    expect(load('port: 8080', { PORT: '', VISAVIS_HOST: '' })).toMatchObject({ port: 8080, host: '127.0.0.1' });
  });

  it('for certificates come from the environment, too', () => {
    const { https } = load(undefined, { VISAVIS_HTTPS_CERT: 'c.pem', VISAVIS_HTTPS_KEY: 'k.pem' });
    expect(https).toMatchObject({ certFile: 'c.pem', keyFile: 'k.pem' });
  });
});

describe('wrong settings are told in words', () => {
  it.each([
    ['an unknown key', 'prot: 3000', /prot/],
    ['an unknown key of the agent hosts', 'agent: { capcity: 3 }', /visavis.config.yaml:1: agent.capcity: /],
    [
      'a vendor that is none',
      'agent:\n  dialogue:\n    - use: nobody',
      /yaml:3: agent.dialogue.0.use: there is no vendor/,
    ],
    ['an unknown key further in', 'media: { rtcprt: 1 }', /media.*rtcprt/s],
    ['a wrong type', 'port: many', /port: .*number/],
    ['a wrong type of a group', 'media: 5', /media/],
    ['a port out of range', 'port: 70000', /port/],
    [
      'a short secret',
      'auth: { apiKey: k, apiSecret: short }',
      /auth\.apiSecret: a secret needs at least 32 characters/,
    ],
    ['an unknown level', 'logLevel: loud', /logLevel/],
    ['no mapping at all', '- a\n- b', /must hold settings/],
    ['a single word', 'hello', /must hold settings/],
    ['bad YAML', 'port: [1', /is not valid YAML/],
    ['a key that would be a prototype', '__proto__: { port: 1 }', /__proto__/],
    ['an ICE server with unknown parts', 'media: { iceServers: [{ url: "stun:x" }] }', /iceServers/],
  ])('%s', (_, yaml, message) => {
    expect(problem(yaml)).toMatch(message);
    expect(({} as { port?: unknown }).port).toBeUndefined();
  });

  it.each([
    [{ PORT: 'many' }, /port/],
    [{ PORT: '  ' }, /port/],
    [{ VISAVIS_HTTPS: 'perhaps' }, /https\.selfSigned/],
    [{ VISAVIS_AGENTS: '1.5' }, /agents\.spawn/],
    [{ VISAVIS_LOG_LEVEL: 'loud' }, /logLevel/],
    [{ VISAVIS_HOST_SECRET: 'short' }, /agents\.hostSecret/],
    [{ VISAVIS_CONFIG: 'missing.yaml' }, /cannot read .*missing\.yaml/],
  ])('in the environment: %j', (env, message) => {
    expect(problem(undefined, env as unknown as Record<string, string>)).toMatch(message);
  });

  it('names everything that is wrong at once', () => {
    const message = problem('port: many\nlogLevel: loud');
    expect(message).toMatch(/port/);
    expect(message).toMatch(/logLevel/);
  });
});

describe('settings that do not go together', () => {
  const keys = { VISAVIS_API_KEY: 'key', VISAVIS_API_SECRET: SECRET };

  it.each([{ VISAVIS_API_KEY: 'key' }, { VISAVIS_API_SECRET: SECRET }])('half a key pair: %j', env => {
    expect(problem(undefined, env as unknown as Record<string, string>)).toMatch(
      /both VISAVIS_API_KEY and VISAVIS_API_SECRET/,
    );
  });

  it.each(['0.0.0.0', '192.168.1.5', '::', 'example.org'])('[S1] serving others (%s) without a key', host => {
    expect(problem(undefined, { VISAVIS_HOST: host })).toMatch(/without an API key/);
    expect(problem(undefined, { VISAVIS_MEDIA_IP: host })).toMatch(/without an API key/);
    expect(load(undefined, { ...keys, VISAVIS_HOST: host }).host).toBe(host);
  });

  it.each(['127.0.0.1', '127.3.2.1', 'localhost', '::1'])('%s is this machine', host => {
    expect(load(undefined, { VISAVIS_HOST: host }).host).toBe(host);
  });

  it('[S1] serving others in the clear is a choice: HTTPS unless a proxy stands before, or it says so', () => {
    const open = (env: Record<string, string> = {}, yaml?: string) =>
      load(yaml, { ...keys, VISAVIS_HOST: '0.0.0.0', ...env }).https.selfSigned;
    expect(open()).toBe(true);
    expect(open({ VISAVIS_HTTPS: '0' })).toBe(false);
    expect(open({}, 'https: { selfSigned: false }')).toBe(false);
    expect(open({ VISAVIS_TRUST_PROXY: '1' })).toBe(false);
    expect(open({ VISAVIS_HTTPS_CERT: 'c.pem', VISAVIS_HTTPS_KEY: 'k.pem' })).toBe(false);
  });

  it.each(['NODE_ENV', 'VISAVIS_ENV'])('[S1] production (%s) without keys of one’s own', name => {
    expect(problem(undefined, { [name]: 'production' })).toMatch(/VISAVIS_API_KEY .*VISAVIS_API_SECRET/);
    expect(load(undefined, { ...keys, [name]: 'production' }).auth.apiKey).toBe('key');
    expect(load(undefined, { [name]: 'development' }).auth.apiKey).toBeUndefined();
  });

  it('a vendor without its key, unless other machines’ hosts have it', () => {
    const yaml = 'agent:\n  dialogue: { provider: openai }\n';
    expect(problem(yaml)).toMatch(/agent\.dialogue asks for openai: set OPENAI_API_KEY/);
    expect(load(yaml, { OPENAI_API_KEY: 'k' }).agent.dialogue).toHaveLength(2);
    expect(load(`${yaml}agents: { spawn: 0 }`).agent.dialogue).toHaveLength(2);
  });

  it('an origin with a path, which no browser would send', () => {
    expect(problem('corsOrigins: ["https://a.example/app"]')).toMatch(/corsOrigins.*origin/);
    expect(load(undefined, { VISAVIS_CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
  });

  it('proxies that are neither a flag, nor a number, nor addresses', () => {
    expect(problem(undefined, { VISAVIS_TRUST_PROXY: 'nginx' })).toMatch(/trustProxy/);
    for (const [given, setting] of [
      ['1', true],
      ['0', false],
      ['2', 2],
      ['10.0.0.1, 172.16.0.0/12', ['10.0.0.1', '172.16.0.0/12']],
    ] as const)
      expect(load(undefined, { VISAVIS_TRUST_PROXY: given }).trustProxy).toEqual(setting);
  });

  it('TURN servers that are no JSON', () => {
    expect(problem(undefined, { VISAVIS_ICE_SERVERS: 'turn:a.example' })).toMatch(/iceServers/);
    expect(load(undefined, { VISAVIS_ICE_SERVERS: '[{"urls":["turn:a.example"]}]' }).media.iceServers).toEqual([
      { urls: ['turn:a.example'] },
    ]);
  });

  it('a certificate without its key', () => {
    expect(problem('https: { certFile: a.pem }')).toMatch(/both certFile and keyFile/);
    expect(problem('https: { keyFile: a.pem }')).toMatch(/both certFile and keyFile/);
  });

  it('[S1] agents elsewhere without a secret', () => {
    expect(problem('agents: { host: 10.0.0.1 }')).toMatch(/agents\.host .*VISAVIS_HOST_SECRET/);
    expect(problem('agents: { mediaIp: 10.0.0.1 }')).toMatch(/VISAVIS_HOST_SECRET/);
    expect(load('agents: { mediaIp: 10.0.0.1 }', { VISAVIS_HOST_SECRET: 's'.repeat(16) }).agents.mediaIp).toBe(
      '10.0.0.1',
    );
  });
});
