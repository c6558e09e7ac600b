import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsError } from './file.ts';
import { loadSettings } from './load.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-settings-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (yaml: string, name = 'visavis.config.yaml') => fs.writeFileSync(path.join(folder, name), yaml);
const problem = (env: Record<string, string> = {}, process: 'server' | 'agent' = 'agent'): string => {
  try {
    loadSettings(env, process, folder);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
};

describe.each(['server', 'agent'] as const)('the settings, as the %s process reads them', process => {
  it('name file, line and key of everything that is wrong', () => {
    write(
      'port: 3000\nprot: 1\nagent:\n  # a comment\n  cache:\n    megabytes: many\n  dialogue:\n    - use: openai\n      modle: m\n',
    );
    expect(problem({}, process)).toBe(
      [
        'the configuration is wrong:',
        '  visavis.config.yaml:9: agent.dialogue.0.modle: openai has no such setting',
        '  visavis.config.yaml:6: agent.cache.megabytes: Invalid input: expected number, received string',
        '  visavis.config.yaml:2: prot: there is no such setting',
      ].join('\n'),
    );
  });

  it('cannot be in a named file that is missing', () => {
    expect(problem({ VISAVIS_CONFIG: 'missing.yaml' }, process)).toMatch(/^cannot read .*missing\.yaml/);
  });

  it('cannot be in broken YAML; the line is told', () => {
    write('agent:\n  dialogue: [\n');
    expect(problem({}, process)).toMatch(/^visavis\.config\.yaml:\d is not valid YAML: /);
  });

  it('are no bomb of aliases', () => {
    const row = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]\n`;
    write(`a: &a [x]\n${row('b', 'a')}${row('c', 'b')}${row('d', 'c')}`);
    expect(problem({}, process)).toMatch(/is not valid YAML|there is no such setting/);
  });

  it('may be in a file of another name', () => {
    write('agent: { capacity: 7 }', 'other.yaml');
    expect(loadSettings({ VISAVIS_CONFIG: 'other.yaml' }, process, folder).agent.capacity).toBe(7);
  });

  it('may have sections in which nothing is set', () => {
    write('https:\n  # selfSigned: true\nagent:\n  tools:\n    # allow: []\n  capacity: 2\n');
    expect(loadSettings({}, process, folder).agent).toMatchObject({ capacity: 2, tools: { allow: [] } });
  });

  it('of the environment are checked as those of the file are, and named by their variable', () => {
    expect(problem({ VISAVIS_NO_CACHE: 'perhaps' }, process)).toMatch(/ {2}VISAVIS_NO_CACHE: agent\.cache\.enabled: /);
    const { agent } = loadSettings({ VISAVIS_HOST_MEDIA_IP: '10.0.0.1', VISAVIS_CACHE: '/c' }, process, folder);
    expect(agent).toMatchObject({ mediaIp: '10.0.0.1', cache: { folder: '/c', enabled: true } });
  });

  it.each([
    ['1', true, false],
    ['true', true, false],
    ['0', true, true],
    ['false', true, true],
    ['0', false, false],
    ['', true, true],
  ])('with VISAVIS_NO_CACHE=%s and a cache that is %s in the file have one: %s', (value, inFile, enabled) => {
    write(`agent: { cache: { enabled: ${inFile} } }`);
    expect(loadSettings({ VISAVIS_NO_CACHE: value }, process, folder).agent.cache.enabled).toBe(enabled);
  });
});

it('an agent host has nothing to do with a server’s variables', () => {
  expect(loadSettings({ PORT: 'many' }, 'agent', folder).port).toBe(3000);
  expect(problem({ PORT: 'many' }, 'server')).toMatch(/ {2}PORT: port: /);
});
