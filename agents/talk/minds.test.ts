import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import { systemClock } from '../base/clock.ts';
import { ChatEndpoint } from '../testing/chat-endpoint.ts';
import { openMinds } from './minds.ts';
import { TextCall } from './text-call.ts';

const endpoint = new ChatEndpoint();
beforeAll(() => endpoint.open());
afterAll(() => endpoint.close());
beforeEach(() => {
  endpoint.requests.length = 0;
});

/** What Ollie answers to these lines, a model before the script. */
async function answers(lines: readonly string[], embedded: object = {}): Promise<string[]> {
  const config = AgentSettings.parse({
    personas: 'personas',
    dialogue: [
      { use: 'openai', model: 'm', baseUrl: endpoint.baseUrl },
      { use: 'embedded', ...embedded },
    ],
  });
  const minds = await openMinds(config, { OPENAI_API_KEY: 'k' }, pino({ level: 'silent' }));
  const persona = minds.personas.get('ollie')!;
  const call = new TextCall('Ann', { persona, dialogue: minds.dialogue, clock: systemClock, report: () => {} });
  try {
    const told: string[] = [];
    for (const line of lines) told.push((await call.say(line)).at(-1)!.entry.text);
    return told;
  } finally {
    await call.close();
    await minds.close();
  }
}

describe('a script behind a model', () => {
  it('answers first what it knows for certain; everything else is the model’s', async () => {
    endpoint.answer = () => 'The model says so.';
    const [greeted, told, sum] = await answers(['Hello!', 'Tell me about Rome.', 'What is 17 times 23?']);
    expect(greeted).not.toBe('The model says so.');
    expect(told).toBe('The model says so.');
    expect(sum).toContain('391');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('is asked only where the model fails, where the settings say so', async () => {
    endpoint.answer = () => 'The model says so.';
    expect(await answers(['Hello!'], { first: false })).toEqual(['The model says so.']);
    endpoint.answer = () => ({ status: 500, problem: 'broken' });
    expect((await answers(['Hello!'], { first: false }))[0]).toMatch(/hello|hi|hey/i);
  });
});
