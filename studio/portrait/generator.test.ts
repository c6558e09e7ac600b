import { describe, expect, it } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import { SettingsError } from '../../settings/file.ts';
import { makeGenerators } from './generator.ts';

const choose = async (images: object, env: NodeJS.ProcessEnv = {}) =>
  (await makeGenerators(AgentSettings.parse({ images }).images, env)).map(({ generator }) => generator.name);

describe('choosing image generators', () => {
  it('chooses none unless told to', async () => {
    expect(await choose({}, { OPENAI_API_KEY: 'sk' })).toEqual([]);
  });

  it('takes addresses from the environment, the settings first', async () => {
    const env = { OPENAI_BASE_URL: 'http://a.example/v1', SDWEBUI_BASE_URL: 'http://b.example' };
    expect(await choose({ provider: 'openai', model: 'm' }, env)).toEqual(['openai http://a.example/v1 m']);
    expect(await choose({ provider: 'sdwebui' }, env)).toEqual(['sdwebui http://b.example ']);
    expect(await choose({ provider: 'sdwebui', baseUrl: 'http://c.example' }, env)).toEqual([
      'sdwebui http://c.example ',
    ]);
    expect((await choose({ provider: 'sdwebui' }))[0]).toContain('127.0.0.1:7860');
  });

  it('takes several, the first to be asked first', async () => {
    const images = [
      { use: 'sdwebui', steps: 10 },
      { use: 'openai', baseUrl: 'http://a.example/v1', model: 'm' },
    ];
    expect(await choose(images)).toEqual(['sdwebui http://127.0.0.1:7860 ', 'openai http://a.example/v1 m']);
  });

  it('says what is missing', async () => {
    await expect(choose({ provider: 'openai' })).rejects.toThrow(SettingsError);
    await expect(choose({ provider: 'openai' })).rejects.toThrow(/agent.images asks for openai: set OPENAI_API_KEY/);
  });

  it.each([
    { provider: 'paint' },
    { size: 1000.5 },
    { steps: 0 },
    { seed: -1 },
    { colour: 'red' },
    { timeoutMs: 1e9 },
  ])('refuses %j', images => {
    expect(AgentSettings.safeParse({ images }).success).toBe(false);
  });
});
