import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SleepingEndpoint } from '../../../test/vendors/sleeping.ts';
import { systemClock } from '../../base/clock.ts';
import { PERSONA } from '../../testing/scene.ts';
import { FallbackDialogue } from '../../think/fallback.ts';
import type { Conversation, Dialogue } from '../../think/ports.ts';
import { OpenAiDialogue } from './dialogue.ts';
import { OpenAiImages } from './images.ts';
import { OpenAiSpeech } from './speech.ts';
import { OpenAiTranscription } from './transcription.ts';

const CONVERSATION: Conversation = {
  persona: PERSONA,
  history: [],
  turn: [{ role: 'user', speaker: 'a', name: 'Ann', text: 'How deep is it?' }],
};
const { signal } = new AbortController();
const options = { signal, committed: Promise.resolve() };
const PATIENCE_MS = 150;

let endpoint: SleepingEndpoint;
const opened: { close(): unknown }[] = [];
beforeEach(async () => {
  endpoint = new SleepingEndpoint();
  await endpoint.open();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await endpoint.close();
  expect(endpoint.problems).toEqual([]);
});

const opens = <T extends { close(): unknown }>(made: T): T => {
  opened.push(made);
  return made;
};
const at = () => ({ apiKey: 'key', baseUrl: `${endpoint.origin}/v1`, model: 'm', coldStartMs: 60_000 });
const dialogue = () => opens(new OpenAiDialogue({ ...at(), maxTokens: 99, firstTokenTimeoutMs: PATIENCE_MS }));
const said = async (of: Dialogue) => {
  let text = '';
  for await (const part of of.reply(CONVERSATION, options)) if (part.type === 'text') text += part.text;
  return text;
};
const models = () => endpoint.knocked.filter(({ url }) => url === '/v1/models').length;
/** The endpoint is up. */
const up = () => {
  endpoint.usual = undefined;
  endpoint.answer = (response, { url }) => {
    if (!url.endsWith('/chat/completions')) return response.writeHead(200).end('{}');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('data: {"choices":[{"index":0,"delta":{"content":"Very deep."}}]}\n\ndata: [DONE]\n\n');
  };
};

describe('a chat endpoint that sleeps', () => {
  it('is woken at the start of a conversation; until it is awake the next one answers, and nobody holds that against it', async () => {
    endpoint.usual = 'hold';
    const failures: string[] = [];
    const first = dialogue();
    const second: Dialogue = {
      name: 'next',
      async *reply() {
        yield { type: 'text', text: 'From the next.' };
      },
    };
    const both = new FallbackDialogue(first, second, ({ category }) => failures.push(category), systemClock);
    first.rouse();
    expect(await said(both)).toBe('From the next.');
    expect(await said(both)).toBe('From the next.');
    expect(failures).toEqual(['asleep', 'asleep']);
    expect(models()).toBe(1);
    expect(endpoint.knocked).toHaveLength(1);
  });

  it('that nobody has woken is found asleep by the first question, and answers once it is awake', async () => {
    endpoint.usual = 'hold';
    const first = dialogue();
    await expect(said(first)).rejects.toMatchObject({ category: 'asleep' });
    await expect.poll(models).toBe(1);
    up();
    endpoint.script = [];
    const woken = dialogue();
    woken.rouse();
    expect(await said(woken)).toBe('Very deep.');
  });

  it('answers under a ticket, where it hands one out within the time that there is', async () => {
    up();
    endpoint.script = ['ticket'];
    expect(await said(dialogue())).toBe('Very deep.');
    expect(endpoint.knocked.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('is knocked at again where what stands before it says that it is not there, or hangs up', async () => {
    up();
    endpoint.script = [{ status: 503, retryAfter: '0' }, 'ticket', 'ticket', { status: 502, retryAfter: '0' }];
    const first = opens(new OpenAiDialogue({ ...at(), maxTokens: 99, firstTokenTimeoutMs: 5000 }));
    first.rouse();
    expect(await said(first)).toBe('Very deep.');
    expect(endpoint.knocked.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
      'GET /v1/models',
      'GET /v1/models',
      'GET /v1/models',
      'GET /v1/models',
      'GET /v1/models',
      'POST /v1/chat/completions',
    ]);
  });

  it('that has no coldStartMs is one that is always there', async () => {
    endpoint.usual = 'hold';
    const always = opens(
      new OpenAiDialogue({ ...at(), coldStartMs: 0, maxTokens: 99, firstTokenTimeoutMs: PATIENCE_MS }),
    );
    always.rouse();
    await expect(said(always)).rejects.toMatchObject({ category: 'network' });
    expect(models()).toBe(0);
  });

  it('is left alone once it is closed', async () => {
    endpoint.usual = 'hold';
    const first = dialogue();
    first.rouse();
    await expect.poll(models).toBe(1);
    first.close();
    await expect.poll(() => endpoint.hungUp).toBe(1);
    first.rouse();
    expect(models()).toBe(1);
  });
});

describe('other endpoints that sleep', () => {
  it('speech: the next voice says the sentence meanwhile', async () => {
    endpoint.usual = 'hold';
    const voice = opens(new OpenAiSpeech({ ...at(), voice: 'v', firstSoundTimeoutMs: PATIENCE_MS }));
    const prosody = { rate: 1, pitch: 1, range: 1 };
    await expect(voice.speak('Hello.', { voice: 'v', prosody, signal }).next()).rejects.toMatchObject({
      category: 'asleep',
    });
    await expect.poll(models).toBe(1);
  });

  it('recognition: the next one reads meanwhile', async () => {
    endpoint.usual = 'hold';
    const ears = opens(new OpenAiTranscription({ ...at(), timeoutMs: PATIENCE_MS }));
    ears.rouse();
    await expect(ears.transcribe(new Int16Array(1600), { signal })).rejects.toMatchObject({ category: 'asleep' });
  });

  it('pictures are waited for, whatever it takes', async () => {
    endpoint.script = ['ticket', 'ticket'];
    const picture = Buffer.from('a picture');
    endpoint.answer = response => response.end(JSON.stringify({ data: [{ b64_json: picture.toString('base64') }] }));
    const made = await new OpenAiImages(at()).generate({ prompt: 'a face', seed: 1, steps: 1, size: 256, signal });
    expect(picture.equals(made)).toBe(true);
  });
});
