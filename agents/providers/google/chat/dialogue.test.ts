import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GeminiServer } from '../../../../test/vendors/gemini.ts';
import { systemClock } from '../../../base/clock.ts';
import type { Usage } from '../../../base/meter.ts';
import { dialogueConformance } from '../../../testing/dialogue-conformance.ts';
import { PERSONA } from '../../../testing/scene.ts';
import type { Conversation } from '../../../think/ports.ts';
import type { Toolbox } from '../../../think/toolbox.ts';
import { GeminiDialogue } from './dialogue.ts';

const config = {
  apiKey: 'secret',
  apiVersion: 'v1beta',
  model: 'gemini-3.5-flash-lite',
  maxTokens: 400,
  firstTokenTimeoutMs: 600,
  clock: systemClock,
};

dialogueConformance('Gemini', async does => {
  const server = new GeminiServer();
  await server.open();
  if (does === 'fails') server.answer = () => ({ status: 500, text: 'down' });
  if (does === 'hangs') server.answer = () => ({ hang: true });
  if (does === 'stalls') server.answer = () => ({ text: 'Well, you', stops: true });
  return {
    dialogue: new GeminiDialogue({ ...config, baseUrl: server.baseUrl, used: () => {} }),
    close: async () => {
      expect(server.problems).toEqual([]);
      await server.close();
    },
  };
});

describe('Gemini', () => {
  let server: GeminiServer;
  let used: Usage[];
  beforeEach(async () => {
    server = new GeminiServer();
    await server.open();
    used = [];
  });
  afterEach(async () => {
    expect(server.problems).toEqual([]);
    await server.close();
  });
  const ask = async (more: Partial<Conversation> = {}, toolbox?: Toolbox) => {
    const dialogue = new GeminiDialogue(
      { ...config, baseUrl: server.baseUrl, used: usage => used.push(usage) },
      toolbox,
    );
    const turn = [{ role: 'user' as const, speaker: 'ann', name: 'Ann', text: 'What is your name?', entryId: 'a' }];
    let text = '';
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    for await (const part of dialogue.reply({ persona: PERSONA, history: [], turn, ...more }, options))
      if (part.type === 'text') text += part.text;
    return text;
  };

  it('is told who it is and what was said, and what it thinks is not said', async () => {
    const said = { role: 'avatar' as const, speaker: 'avatar', name: 'Ollie', text: 'Hello Ann.' };
    expect(await ask({ history: [said] })).toBe('I am here. How are you?');
    const { key, model, body } = server.asked[0]!;
    expect([key, model]).toEqual(['secret', 'gemini-3.5-flash-lite']);
    expect(JSON.stringify(body.systemInstruction)).toContain(PERSONA.instructions.trim().slice(0, 20));
    expect(body.contents.map(({ role }) => role)).toEqual(['model', 'user']);
    expect(used).toEqual([{ inputTokens: 12, outputTokens: 8 }]);
  });

  it('goes on where another’s voice broke off', async () => {
    await ask({ begun: 'I am' });
    expect(server.asked[0]!.body.contents.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
  });

  it('calls tools, and is given back what it said with its signatures', async () => {
    const call = { functionCall: { name: 'price', args: { of: 'candles' } }, thoughtSignature: 'sig' };
    server.answer = ({ body }) =>
      JSON.stringify(body.contents).includes('functionResponse') ? { text: 'It is 5 euros.' } : { parts: [call] };
    const asked: unknown[] = [];
    const toolbox: Toolbox = {
      begin: () => ({
        declared: [{ name: 'price', description: 'Tells a price.', parameters: { type: 'object' } }],
        spent: false,
        run: async calls => {
          asked.push(...calls);
          return ['5 euros'];
        },
      }),
    };
    expect(await ask({}, toolbox)).toBe('It is 5 euros.');
    expect(asked).toEqual([{ name: 'price', arguments: '{"of":"candles"}' }]);
    const [, model, user] = server.asked[1]!.body.contents;
    expect(model!.parts).toContainEqual(call);
    expect(user!.parts).toEqual([{ functionResponse: { name: 'price', response: { output: '5 euros' } } }]);
  });

  it.each([
    [{ status: 400, text: 'API key not valid. Please pass a valid API key.' }, 'auth', false],
    [{ status: 429, text: 'RESOURCE_EXHAUSTED' }, 'quota', true],
    [{ status: 404, text: 'models/x is not found' }, 'model', false],
    [{ status: 503, text: 'overloaded' }, 'network', true],
    [{ blocked: 'PROHIBITED_CONTENT' }, 'bad-input', false],
    [{ text: 'I', reason: 'SAFETY' }, 'bad-input', false],
  ] as const)('tells what went wrong: %o', async (answer, category, retryable) => {
    server.answer = () => answer;
    await expect(ask()).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
