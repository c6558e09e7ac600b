import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../base/meter.ts';
import { type ChatAnswer, ChatEndpoint } from '../../testing/chat-endpoint.ts';
import { OpenAiFaces } from './faces.ts';
import openai from './index.ts';

const endpoint = new ChatEndpoint();
beforeAll(() => endpoint.open());
afterEach(() => {
  endpoint.requests.length = 0;
});
afterAll(() => endpoint.close());

const { signal } = new AbortController();
const used: Usage[] = [];
const read = (says: ChatAnswer, over: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
  endpoint.answer = () => says;
  const { timeoutMs = 5000, signal: until = signal } = over;
  const faces = new OpenAiFaces({
    apiKey: 'key',
    baseUrl: endpoint.baseUrl,
    model: 'some-model',
    timeoutMs,
    used: usage => used.push(usage),
  });
  return faces.read(Buffer.from('a picture'), { signal: until });
};
const SAID = { emotion: 'happy', valence: 0.7, arousal: 0.4, confidence: 0.8 };

describe('a model that sees faces', () => {
  it('is shown the picture, small, and told what to say and what not', async () => {
    expect(await read(JSON.stringify({ face: true, ...SAID }))).toEqual({
      source: 'face',
      emotions: { happy: 0.8 },
      valence: 0.7,
      arousal: 0.4,
      confidence: 0.8,
    });
    const [{ messages, model }] = endpoint.requests as [(typeof endpoint.requests)[number]];
    expect(model).toBe('some-model');
    expect(messages[1]!.content).toEqual([
      {
        type: 'image_url',
        image_url: { url: `data:image/jpeg;base64,${Buffer.from('a picture').toString('base64')}`, detail: 'low' },
      },
    ]);
    expect(endpoint.instructions).toMatch(/JSON only/);
    expect(endpoint.instructions).toMatch(/nothing of who it is/);
  });

  it.each([
    ['with words around it', `Here it is:\n\`\`\`json\n${JSON.stringify(SAID)}\n\`\`\``, { emotions: { happy: 0.8 } }],
    [
      'in capitals, with figures as text',
      '{"emotion":" Sad ","valence":"-0.5","arousal":"0.2","confidence":"0.6"}',
      { emotions: { sad: 0.6 }, valence: -0.5 },
    ],
    [
      'beyond its bounds',
      JSON.stringify({ ...SAID, valence: -9, arousal: 7, confidence: 3 }),
      { valence: -1, arousal: 1, confidence: 1 },
    ],
    ['at rest', JSON.stringify({ ...SAID, emotion: 'neutral' }), { emotions: {} }],
  ])('is understood %s', async (_, says, reading) => {
    expect(await read(says)).toMatchObject(reading);
  });

  it('may see none', async () => {
    expect(await read('{"face": false}')).toBeNull();
  });

  it.each<[string, ChatAnswer, string]>([
    ['words', 'She seems happy.', 'internal'],
    ['another feeling', JSON.stringify({ ...SAID, emotion: 'hungry' }), 'internal'],
    ['half of it', '{"emotion":"happy"', 'internal'],
    ['no figures', JSON.stringify({ ...SAID, valence: 'much' }), 'internal'],
    ['that it does not see', { status: 400, problem: 'this model takes no images' }, 'bad-input'],
    ['that the key is wrong', { status: 401, problem: 'no' }, 'auth'],
    ['that there is nothing left', { status: 402, problem: 'no' }, 'quota'],
    ['that it is down', { status: 500, problem: 'no' }, 'network'],
  ])('fails where it says %s', async (_, says, category) => {
    await expect(read(says)).rejects.toMatchObject({ name: 'ProviderError', category });
  });

  it('is asked in other words where it refuses some of them', async () => {
    let asked = 0;
    endpoint.answer = request => {
      asked += 1;
      return 'max_completion_tokens' in request
        ? { status: 400, problem: 'max_completion_tokens is not known here' }
        : JSON.stringify(SAID);
    };
    const faces = new OpenAiFaces({ baseUrl: endpoint.baseUrl, model: 'm', timeoutMs: 5000 });
    expect(await faces.read(Buffer.from('x'), { signal })).toMatchObject({ valence: 0.7 });
    expect(asked).toBe(2);
  });

  it('[T6] is not waited for too long, nor once nobody waits', async () => {
    const hang = new Promise<never>(() => {}) as unknown as ChatAnswer;
    await expect(read(hang, { timeoutMs: 200 })).rejects.toMatchObject({ category: 'network', retryable: true });
    const reason = new Error('called off');
    await expect(read(hang, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const reading = read(hang, { signal: stop.signal });
    setImmediate(() => stop.abort(reason));
    await expect(reading).rejects.toBe(reason);
  });

  it('[P1] is taken to be elsewhere, unless its address is this machine', () => {
    const { capabilities, settings } = openai.makes.faces!;
    const leaves = (given: object) => capabilities(settings.parse(given)).leaves;
    expect(leaves({})).toBe(true);
    expect(leaves({ baseUrl: 'http://127.0.0.1:8000/v1' })).toBe(false);
    expect(leaves({ baseUrl: 'http://localhost:8000/v1' })).toBe(false);
    expect(leaves({ baseUrl: 'http://[::1]:8000/v1' })).toBe(false);
    expect(leaves({ baseUrl: 'https://localhost.example/v1' })).toBe(true);
    expect(leaves({ baseUrl: 'http://10.0.0.5/v1' })).toBe(true);
  });
});
