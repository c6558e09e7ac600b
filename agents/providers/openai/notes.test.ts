import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChatEndpoint } from '../../testing/chat-endpoint.ts';
import { PERSONA } from '../../testing/scene.ts';
import { OpenAiNotes } from './notes.ts';

const { signal } = new AbortController();
const said = (text: string) => ({ role: 'user' as const, speaker: 'a', name: 'Ann', text });
const CANDLES = { key: 'product', value: 'candles', text: 'Ann sells candles.' };

let endpoint: ChatEndpoint;
let notes: OpenAiNotes;
beforeEach(async () => {
  endpoint = new ChatEndpoint();
  await endpoint.open();
  notes = new OpenAiNotes({ apiKey: 'none', baseUrl: endpoint.baseUrl, model: 'm' });
});
afterEach(() => endpoint.close());

const learn = (facts: (typeof CANDLES)[] = []) =>
  notes.learn(
    { persona: PERSONA, person: { identity: 'a', name: 'Ann', facts }, history: [said('I sell candles.')] },
    { signal },
  );

describe('notes taken with a chat endpoint', () => {
  it('finds facts, told what was said and what is known', async () => {
    endpoint.answer = () => JSON.stringify({ facts: [CANDLES] });
    expect(await learn([{ ...CANDLES, key: 'place', value: 'Lyon' }])).toEqual([CANDLES]);
    const question = String(endpoint.requests[0]!.messages[1]!.content);
    expect(question).toContain('place: Lyon');
    expect(question).toContain('Ann: I sell candles.');
  });

  it('reads JSON out of the words around it, and leaves out what is known or malformed', async () => {
    endpoint.answer = () =>
      `Here you are:\n\`\`\`json\n${JSON.stringify({ facts: [CANDLES, { key: 'NOT A KEY', value: 'x', text: 'x' }, 5, { ...CANDLES, key: 'job', value: '' }] })}\n\`\`\``;
    expect(await learn()).toEqual([CANDLES]);
    expect(await learn([CANDLES])).toEqual([]);
  });

  it.each([
    '',
    'I would rather not.',
    '{"facts": 5}',
    '{"facts": [',
    'null',
  ])('says so when the answer is %j', async answer => {
    endpoint.answer = () => answer;
    await expect(learn()).rejects.toMatchObject({ category: 'bad-input' });
  });

  it('goes on with the summary it is given', async () => {
    endpoint.answer = () => ' Ann prepares a fair. ';
    expect(await notes.summarise('Ann sells candles.', [said('The fair is in May.')], { signal })).toBe(
      'Ann prepares a fair.',
    );
    const question = String(endpoint.requests[0]!.messages[1]!.content);
    expect(question).toContain('Earlier summary: Ann sells candles.');
    expect(question).toContain('Ann: The fair is in May.');
  });

  it('takes no empty summary for one', async () => {
    endpoint.answer = () => '';
    await expect(notes.summarise(undefined, [said('Hm.')], { signal })).rejects.toThrow('empty');
  });

  it('fails with a category, and ends when it is told to', async () => {
    endpoint.answer = () => ({ status: 401, problem: 'no such key' });
    await expect(learn()).rejects.toMatchObject({ category: 'auth' });
    const abort = new AbortController();
    endpoint.answer = () => new Promise(() => {});
    const summary = notes.summarise(undefined, [said('Hm.')], { signal: abort.signal });
    abort.abort(new Error('over'));
    await expect(summary).rejects.toThrow('over');
  });
});
