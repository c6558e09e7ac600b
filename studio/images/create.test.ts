import { describe, expect, it } from 'vitest';
import { AgentConfig, AgentConfigError, readImageEnvironment } from '../../agents/config.ts';
import { createImageGenerator } from './create.ts';

const choose = (images: object, env: NodeJS.ProcessEnv = {}) =>
  createImageGenerator(AgentConfig.parse({ images }).images, readImageEnvironment(env))?.name;

describe('choosing an image generator', () => {
  it('chooses none unless told to', () => {
    expect(choose({}, { OPENAI_API_KEY: 'sk' })).toBeUndefined();
  });

  it('takes addresses from the environment, the settings first', () => {
    const env = { OPENAI_BASE_URL: 'http://a.example/v1', SDWEBUI_BASE_URL: 'http://b.example' };
    expect(choose({ provider: 'openai', model: 'm' }, env)).toBe('openai http://a.example/v1 m');
    expect(choose({ provider: 'sdwebui' }, env)).toBe('sdwebui http://b.example ');
    expect(choose({ provider: 'sdwebui', baseUrl: 'http://c.example' }, env)).toBe('sdwebui http://c.example ');
    expect(choose({ provider: 'sdwebui' })).toContain('127.0.0.1:7860');
  });

  it('says what is missing', () => {
    expect(() => choose({ provider: 'openai' })).toThrow(AgentConfigError);
    expect(() => choose({ provider: 'openai' })).toThrow(/OPENAI_API_KEY/);
  });

  it.each([
    { provider: 'paint' },
    { size: 1000.5 },
    { steps: 0 },
    { seed: -1 },
    { colour: 'red' },
    { timeoutMs: 1e9 },
  ])('refuses %j', images => {
    expect(AgentConfig.safeParse({ images }).success).toBe(false);
  });
});
