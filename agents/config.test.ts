import { describe, expect, it } from 'vitest';
import { AgentConfig, readEnvironment } from './config.ts';

const face = (settings: object) => AgentConfig.safeParse({ face: settings });

describe('the size of the face', () => {
  it('is 512 by 512 at 800 kbit/s, and larger pictures get more', () => {
    expect(AgentConfig.parse({}).face).toEqual({ width: 512, height: 512, bitrate: 800_000 });
    const { bitrate } = AgentConfig.parse({ face: { width: 1280, height: 720 } }).face;
    expect(bitrate).toBeGreaterThan(1_600_000);
    expect(bitrate).toBeLessThan(800_000 * 3.5);
  });

  it('may be upright, and its bitrate may be set', () => {
    expect(face({ width: 720, height: 1280, bitrate: 500_000 }).data?.face).toEqual({
      width: 720,
      height: 1280,
      bitrate: 500_000,
    });
  });

  it.each([[{ width: 500 }], [{ height: 64 }], [{ width: 4096 }], [{ depth: 3 }]])('cannot be %o', settings => {
    expect(face(settings).success).toBe(false);
  });
});

describe('variables for the headers of tools', () => {
  it('are those of the environment that are named so, and no others', () => {
    const environment = { VISAVIS_SERVER_URL: 'http://x', VISAVIS_HOST_SECRET: 's', OPENAI_API_KEY: 'k' };
    expect(readEnvironment({ ...environment, VISAVIS_TOOL_SHOP: 't' }).toolVariables).toEqual({
      VISAVIS_TOOL_SHOP: 't',
    });
    expect(readEnvironment(environment).toolVariables).toEqual({});
  });
});
