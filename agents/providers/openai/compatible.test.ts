import type http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, JsonEndpoint } from '../../testing/json-endpoint.ts';
import { PERSONA } from '../../testing/scene.ts';
import type { Conversation } from '../../think/ports.ts';
import { OpenAiDialogue } from './dialogue.ts';

const CONVERSATION: Conversation = {
  persona: PERSONA,
  history: [],
  turn: [{ role: 'user', speaker: 'ann', name: 'Ann', text: 'How deep is it?' }],
};
const DONE = 'data: [DONE]\n\n';
const event = (delta: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const stream = (response: http.ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

describe('endpoints that are compatible in their own way', () => {
  let endpoint: JsonEndpoint;
  beforeEach(async () => {
    endpoint = new JsonEndpoint();
    await endpoint.open();
  });
  afterEach(() => endpoint.close());

  const open = (firstTokenTimeoutMs = 5000) =>
    new OpenAiDialogue({ baseUrl: `${endpoint.origin}/v1`, model: 'some-model', maxTokens: 99, firstTokenTimeoutMs });
  async function said(dialogue = open()): Promise<string> {
    let text = '';
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    for await (const part of dialogue.reply(CONVERSATION, options)) if (part.type === 'text') text += part.text;
    return text;
  }

  it('are asked with max_tokens where they refuse the newer word for it: once, and from then on', async () => {
    endpoint.reply = response => {
      const { body } = endpoint.asked.at(-1)!;
      if ('max_completion_tokens' in body)
        return answer(400, { error: { message: 'Unknown field: max_completion_tokens' } })(response);
      return stream(response).end(event({ content: 'Deep.' }) + DONE);
    };
    const dialogue = open();
    expect([await said(dialogue), await said(dialogue)]).toEqual(['Deep.', 'Deep.']);
    expect(endpoint.asked.map(({ body }) => body.max_tokens)).toEqual([undefined, 99, 99]);
  });

  it.each([
    [404, { message: 'The model `m` does not exist or you do not have access to it.', code: 'model_not_found' }],
    [404, { message: 'The model `m` has been shut down.' }],
    [400, { message: 'The model `m` has been decommissioned and is no longer supported.' }],
  ])('are named the model that they do not offer (any more): %i %j', async (status, error) => {
    endpoint.reply = answer(status, { error });
    await expect(said()).rejects.toMatchObject({
      category: 'model',
      retryable: false,
      message: expect.stringContaining('some-model'),
    });
  });

  it('may answer all at once, though they are asked to stream', async () => {
    endpoint.reply = answer(200, {
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Deep.' } }],
    });
    expect(await said()).toBe('Deep.');
    endpoint.reply = answer(200, '{"choices": [');
    await expect(said()).rejects.toMatchObject({ name: 'ProviderError' });
  });

  it('may think aloud first: that is a sign of life', async () => {
    endpoint.reply = async response => {
      stream(response);
      for (let n = 0; n < 6; n++) {
        response.write(event({ reasoning_content: 'Hm. ' }));
        await setTimeout(100);
      }
      response.end(event({ content: 'Deep.' }) + DONE);
    };
    expect(await said(open(300))).toBe('Deep.');
  });

  it('may send events of any shape after the last word', async () => {
    endpoint.reply = response => {
      const after = ['{"usage":{"prompt_tokens":5}}', '{"choices":null}', '[]', '{"choices":[{"delta":null}]}'];
      const events = after.map(each => `data: ${each}\n\n`).join('');
      stream(response).end(`${event({ content: [{ type: 'text', text: 'Deep.' }] })}${events}${DONE}`);
    };
    expect(await said()).toBe('Deep.');
  });
});
