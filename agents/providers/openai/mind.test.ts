import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feeling } from '../../../protocol/feelings.ts';
import { toneOf } from '../../feel/words.ts';
import { type ChatAnswer, ChatEndpoint, type ChatRequest } from '../../testing/chat-endpoint.ts';
import { PERSONA } from '../../testing/scene.ts';
import { ExpressiveDialogue } from '../../think/expressive.ts';
import type { Conversation, Dialogue, ReplyPart } from '../../think/ports.ts';
import { Roster } from '../../think/roster.ts';
import { needsSight } from '../../think/sight.ts';
import { OpenAiDialogue } from './dialogue.ts';

const said = (text: string) => ({ role: 'user' as const, speaker: 'a', name: 'Maria', text });
const SAD: Feeling = { label: 'sad', valence: -0.6, arousal: 0.2, confidence: 0.8, sources: ['face', 'voice'] };
const MARIA = {
  identity: 'a',
  name: 'Maria',
  facts: [{ key: 'story_daughter', value: 'x', text: 'Their daughter had an exam.' }],
  feeling: SAD,
};

let endpoint: ChatEndpoint;
let dialogue: OpenAiDialogue;
beforeEach(async () => {
  endpoint = new ChatEndpoint();
  await endpoint.open();
  dialogue = new OpenAiDialogue({
    apiKey: 'none',
    baseUrl: endpoint.baseUrl,
    model: 'm',
    maxTokens: 50,
    firstTokenTimeoutMs: 5000,
  });
});
afterEach(() => endpoint.close());

const MARIA_ID = new Roster([]).id('a');

async function reply(over: Partial<Conversation>, through = new ExpressiveDialogue(dialogue, toneOf)) {
  const parts: ReplyPart[] = [];
  const conversation = {
    persona: { ...PERSONA, instructions: 'Be June.' },
    history: [],
    turn: [said('Hello.')],
    ...over,
  };
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  for await (const part of through.reply(conversation, options)) parts.push(part);
  return parts;
}
const spoken = (parts: ReplyPart[]) => parts.map(part => (part.type === 'text' ? part.text : '')).join('');

describe('what a language model is sent', () => {
  it('is who it is, what was said long ago, what it knows of the person and how they feel, in one system message', async () => {
    await reply({ people: [MARIA], summary: 'They spoke of the garden.', history: [said('Hm.')] });
    const { messages } = endpoint.requests[0]!;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'user']);
    for (const piece of [
      'Be June.',
      'They spoke of the garden.',
      'Their daughter had an exam.',
      `${MARIA_ID} clearly seems sad`,
      `"${MARIA_ID}": "Maria"`,
    ])
      expect(endpoint.instructions).toContain(piece);
    expect(messages.at(-1)!.content).toBe(`${MARIA_ID}: "Hello."`);
  });

  it('is nothing but their names of people who are not known', async () => {
    await reply({ people: [{ identity: 'a', name: 'Maria', facts: [] }] });
    expect(endpoint.instructions.match(/Maria/g)).toHaveLength(1);
    await reply({ people: [{ identity: 'b', name: 'Bob', facts: [] }] });
    expect(endpoint.instructions).not.toContain('Bob');
  });

  it('is a request to greet, when somebody is back', async () => {
    await reply({ turn: [], people: [MARIA], occasion: { kind: 'return', identity: 'a' } });
    expect(endpoint.instructions).toContain(`${MARIA_ID} has just come back`);
    expect(endpoint.requests[0]!.messages.at(-1)!.role).toBe('user');
  });
});

describe('sight', () => {
  const jpeg = new Uint8Array([255, 216, 1, 2, 3]);
  const look = async () => [{ identity: 'a', name: 'Maria', source: 'camera' as const, jpeg }];
  const pictures = ({ messages }: ChatRequest) =>
    JSON.stringify(messages).match(/data:image\/jpeg;base64,[^"]*/g) ?? [];

  it('goes along with a question that needs it, and with no other', async () => {
    await reply({ turn: [said('What am I holding?')], look });
    await reply({ turn: [said('How are you?')], look });
    expect(endpoint.requests.map(request => pictures(request).length)).toEqual([1, 0]);
    expect(pictures(endpoint.requests[0]!)[0]).toBe(`data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`);
  });

  it('is not waited for longer than a moment, and may fail', async () => {
    const slow = ({ signal }: { signal: AbortSignal }) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    expect(spoken(await reply({ turn: [said('What do you see?')], look: slow }))).toBe('Yes.');
    expect(pictures(endpoint.requests[0]!)).toEqual([]);
  });

  it('is given up where the model takes no pictures: the question is asked again without', async () => {
    endpoint.answer = (request): ChatAnswer =>
      pictures(request).length > 0 ? { status: 400, problem: 'image input is not supported' } : 'I cannot see.';
    expect(spoken(await reply({ turn: [said('Can you see me?')], look }))).toBe('I cannot see.');
    await reply({ turn: [said('Can you see me?')], look });
    expect(endpoint.requests.map(request => pictures(request).length)).toEqual([1, 0, 0]);
  });

  it.each([
    'What am I holding?',
    'Can you see me?',
    'Look at this!',
    'How do I look?',
    'What color is my shirt?',
    'What is on my screen?',
    'Can you read this?',
    'Describe what you see.',
  ])('is needed for: %s', text => expect(needsSight(text)).toBe(true));

  it.each([
    'How are you?',
    'I see.',
    'What is the plan?',
    'See you tomorrow.',
    'I look forward to it.',
    'Tell me a story.',
    'What is this going to cost me?',
    'Could you read that back to me?',
    'Which is that about?',
    'How do I look after a cat?',
  ])('is not needed for: %s', text => expect(needsSight(text)).toBe(false));
});

describe('an answer without a feeling of its own', () => {
  const feelings = (parts: ReplyPart[]) => parts.flatMap(part => (part.type === 'feeling' ? [part] : []));

  it('begins with the face of a kind listener, and the voice follows the person’s energy', async () => {
    endpoint.answer = () => 'The exam was on Friday.';
    const [first, ...rest] = await reply({ people: [MARIA] });
    expect(first).toMatchObject({ type: 'feeling', emotion: 'sad', arousal: 0.2 });
    expect(feelings(rest)).toEqual([]);
  });

  it('is said with the face its own words ask for', async () => {
    endpoint.answer = () => 'I am so sorry about that. But congratulations on the new house!';
    expect(feelings(await reply({})).map(({ emotion }) => emotion)).toEqual(['sad', 'happy']);
  });

  it('does not answer anger with anger', async () => {
    endpoint.answer = () => 'The exam was on Friday.';
    const parts = await reply({ people: [{ ...MARIA, feeling: { ...SAD, label: 'angry' } }] });
    expect(feelings(parts).map(({ emotion }) => emotion)).not.toContain('angry');
  });

  it('has the pauses of its writer', async () => {
    const writer: Dialogue = {
      name: 'writer',
      async *reply() {
        yield { type: 'text', text: 'One moment.' };
        yield { type: 'pause' };
        yield { type: 'text', text: 'Congratulations!' };
      },
    };
    const parts = await reply({}, new ExpressiveDialogue(writer, toneOf));
    expect(parts.map(({ type }) => type)).toEqual(['text', 'pause', 'feeling', 'text']);
  });

  it('is passed on unchanged, word by word', async () => {
    endpoint.answer = () => 'Well. That is, in short, all there is! Is it?';
    expect(spoken(await reply({ people: [MARIA] }))).toBe('Well. That is, in short, all there is! Is it?');
  });
});
