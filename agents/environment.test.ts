import { describe, expect, it } from 'vitest';
import { toolVariablesOf } from './environment.ts';

describe('variables for the headers of tools', () => {
  it('are those of the environment that are named so, and no others', () => {
    const environment = { VISAVIS_SERVER_URL: 'http://x', VISAVIS_HOST_SECRET: 's', OPENAI_API_KEY: 'k' };
    expect(toolVariablesOf({ ...environment, VISAVIS_TOOL_SHOP: 't' })).toEqual({ VISAVIS_TOOL_SHOP: 't' });
    expect(toolVariablesOf(environment)).toEqual({});
  });
});
