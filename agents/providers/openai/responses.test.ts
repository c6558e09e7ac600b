import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ResponsesAnswer, ResponsesServer } from '../../../test/vendors/responses.ts';
import type { Usage } from '../../base/meter.ts';
import { dialogueConformance } from '../../testing/dialogue-conformance.ts';
import { PERSONA } from '../../testing/scene.ts';
import { json, personaWith, ToolService } from '../../testing/tool-service.ts';
import { orderTool, toolboxFor } from '../../testing/tool-turns.ts';
import type { Conversation, ReplyPart } from '../../think/ports.ts';
import { Deeds } from '../../think/tools/deeds.ts';
import { OpenAiDialogue } from './dialogue.ts';

const BEHAVIOUR: Record<string, ResponsesAnswer> = {
  answers: { text: 'My name is Ollie. And yours?' },
  fails: { status: 401, text: 'wrong key' },
  hangs: { hang: true },
  stalls: { text: 'Well, ', stops: true },
};

dialogueConformance('openai by its Responses API', async does => {
  const server = new ResponsesServer();
  await server.open();
  server.answer = () => BEHAVIOUR[does]!;
  const config = { baseUrl: server.baseUrl, model: 'gpt-5.4-mini', maxTokens: 100, firstTokenTimeoutMs: 5000 };
  return {
    dialogue: new OpenAiDialogue({ ...config, api: 'responses' }),
    close: async () => {
      await server.close();
      expect(server.problems).toEqual([]);
    },
  };
});

describe('the Responses API', () => {
  let server: ResponsesServer;
  let service: ToolService;
  let used: Usage[];
  beforeEach(async () => {
    server = new ResponsesServer();
    service = new ToolService();
    used = [];
    await Promise.all([server.open(), service.open()]);
  });
  afterEach(async () => {
    await Promise.all([server.close(), service.close()]);
    expect(server.problems).toEqual([]);
  });

  const turn = [{ role: 'user' as const, speaker: 'a', name: 'Ann', text: 'Where is my order?' }];
  const script = (...answers: ResponsesAnswer[]) => {
    server.answer = () => answers[Math.min(server.asked.length, answers.length) - 1]!;
  };
  const config = () => ({
    apiKey: 'secret',
    baseUrl: server.baseUrl,
    model: 'gpt-5.4-mini',
    api: 'responses' as const,
    maxTokens: 100,
    firstTokenTimeoutMs: 400,
    used: (usage: Usage) => used.push(usage),
  });
  const all = async (parts: AsyncIterable<ReplyPart>) => {
    const told: string[] = [];
    for await (const part of parts) told.push(part.type === 'text' ? part.text : `(${part.type})`);
    return told.join('');
  };
  const options = () => ({ signal: new AbortController().signal, committed: Promise.resolve() });
  const ask = (more: Partial<Conversation> = {}, dialogue = new OpenAiDialogue(config())) =>
    all(dialogue.reply({ persona: PERSONA, history: [], turn, ...more }, options()));
  /** Ann's question to a persona that may look up orders. */
  const askWithTools = () => {
    service.answer = response => json(response, { where: 'on its way' });
    const { toolbox } = toolboxFor({ allow: [service.origin] });
    const source = personaWith([orderTool(service)]);
    toolbox.prepare(source);
    const dialogue = new OpenAiDialogue(config(), toolbox);
    return ask({ persona: source.persona, deeds: new Deeds() }, dialogue);
  };

  it('is told who it is and what was said, keeps nothing, and thinks as little as it can', async () => {
    const history = [
      { role: 'user' as const, speaker: 'a', name: 'Ann', text: 'Hello.' },
      { role: 'avatar' as const, speaker: 'x', name: 'Ollie', text: 'Hello, Ann.' },
    ];
    expect(await ask({ history })).toBe('I am here. How are you?');
    const { key, body } = server.asked[0]!;
    expect(key).toBe('Bearer secret');
    expect(body).toMatchObject({
      model: 'gpt-5.4-mini',
      store: false,
      max_output_tokens: 100,
      reasoning: { effort: 'none' },
    });
    expect(body.instructions).toContain('live video call');
    expect(body.input.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(body.include).toBeUndefined();
    expect(used).toEqual([{ inputTokens: 12, outputTokens: 5 }]);
  });

  it('is asked in other words where it refuses some of them, and remembers that', async () => {
    server.answer = ({ body }) =>
      (body.reasoning as { effort?: string } | undefined)?.effort === 'none'
        ? { status: 400, text: "Unsupported value: 'none'", param: 'reasoning.effort', code: 'unsupported_value' }
        : { text: 'Yes.' };
    const dialogue = new OpenAiDialogue(config());
    expect(await ask({}, dialogue)).toBe('Yes.');
    expect(await ask({}, dialogue)).toBe('Yes.');
    const efforts = server.asked.map(({ body }) => (body.reasoning as { effort: string }).effort);
    expect(efforts).toEqual(['none', 'minimal', 'minimal']);
  });

  it.each([
    ['in pieces', {}],
    ['whole', { whole: true as const }],
  ])('calls tools whose arguments come %s, and gets its thoughts back with what they say', async (_, how) => {
    const calls = [{ name: 'order', arguments: '{"id":"7"}' }];
    script({ calls, text: 'One moment.', thinks: true, ...how }, { text: 'It is on its way.' });
    expect(await askWithTools()).toBe('One moment.(pause)It is on its way.');
    const [first, second] = server.asked.map(({ body }) => body);
    expect(first).toMatchObject({
      include: ['reasoning.encrypted_content'],
      tools: [{ type: 'function', name: 'order', strict: false }],
    });
    const items = second!.input.slice(first!.input.length);
    expect(items.map(({ type, role }) => type ?? role)).toEqual([
      'reasoning',
      'assistant',
      'function_call',
      'function_call_output',
    ]);
    expect(items[0]).toMatchObject({ encrypted_content: 'gAAA' });
    expect(items[2]).toMatchObject({ name: 'order', arguments: '{"id":"7"}' });
    expect(items[3]!.output).toContain('on its way');
  });

  it('calls no more tools than it may', async () => {
    server.answer = ({ body }) =>
      body.tool_choice === 'none' ? { text: 'Enough.' } : { calls: [{ name: 'order', arguments: '{"id":"7"}' }] };
    expect(await askWithTools()).toBe('Enough.');
    expect(server.asked.length).toBeGreaterThan(2);
  });

  it('is shown pictures; a model that takes none is asked without them from then on', async () => {
    server.answer = ({ body }) =>
      body.input.some(({ content }) => Array.isArray(content))
        ? { status: 400, text: 'This model does not take images' }
        : { text: 'I cannot see.' };
    const dialogue = new OpenAiDialogue(config());
    const look = async () => [
      { identity: 'a', name: 'Ann', source: 'camera' as const, jpeg: new Uint8Array([1, 2, 3]) },
    ];
    const looking = { look, turn: [{ ...turn[0]!, text: 'What do you see?' }] };
    expect(await ask(looking, dialogue)).toBe('I cannot see.');
    expect(await ask(looking, dialogue)).toBe('I cannot see.');
    const shown = server.asked.map(({ body }) => body.input.filter(({ content }) => Array.isArray(content)));
    expect(shown.map(({ length }) => length)).toEqual([1, 0, 0]);
    expect(shown[0]![0]!.content).toEqual([
      { type: 'input_text', text: expect.stringContaining('camera') },
      { type: 'input_image', image_url: 'data:image/jpeg;base64,AQID', detail: 'low' },
    ]);
  });

  it.each<[string, ResponsesAnswer, string]>([
    ['is cut short', { text: 'And so', incomplete: true }, 'And so'],
    ['refuses', { text: 'I would rather not.', refuses: true }, 'I would rather not.'],
    ['does not stream', { plain: 'Yes.' }, 'Yes.'],
  ])('is heard where it %s', async (_, answer, told) => {
    server.answer = () => answer;
    expect(await ask()).toBe(told);
  });

  it.each<[ResponsesAnswer, string, boolean]>([
    [{ status: 401, text: 'no' }, 'auth', false],
    [{ status: 402, text: 'no' }, 'quota', false],
    [{ status: 404, text: 'no', code: 'model_not_found' }, 'model', false],
    [{ status: 429, text: 'slow down' }, 'quota', true],
    [{ status: 500, text: 'no' }, 'network', true],
    [{ hang: true }, 'network', true],
    [{ text: 'Well,', stops: true }, 'network', true],
    [{ failed: { code: 'server_error', message: 'no' } }, 'network', true],
    [{ failed: { code: 'insufficient_quota', message: 'no' } }, 'quota', false],
    [{ error: { code: 'rate_limit_exceeded', message: 'no' } }, 'quota', true],
    [{ error: { code: 'invalid_prompt', message: 'no' } }, 'bad-input', false],
  ])('tells what went wrong: %o', async (answer, category, retryable) => {
    server.answer = () => answer;
    await expect(ask()).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
