import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { type ChatAnswer, ChatEndpoint, type ChatRequest } from '../../testing/chat-endpoint.ts';
import { json, personaWith, ToolService } from '../../testing/tool-service.ts';
import { bookingTool, orderTool, toolboxFor } from '../../testing/tool-turns.ts';
import { ConciseDialogue } from '../../think/concise.ts';
import { FallbackDialogue } from '../../think/fallback.ts';
import type { Conversation, Dialogue, ReplyPart } from '../../think/ports.ts';
import { Deeds } from '../../think/tools/deeds.ts';
import { OpenAiDialogue } from './dialogue.ts';

let endpoint: ChatEndpoint;
let service: ToolService;
beforeEach(async () => {
  endpoint = new ChatEndpoint();
  service = new ToolService();
  await Promise.all([endpoint.open(), service.open()]);
});
afterEach(() => Promise.all([endpoint.close(), service.close()]));

/** A message that asks for tools. */
const asking = (calls: [name: string, args: unknown][], content: string | null = null): ChatAnswer => ({
  message: {
    role: 'assistant',
    content,
    tool_calls: calls.map(([name, args], i) => ({
      id: `id-${i}`,
      type: 'function',
      function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
    })),
  },
});
/** Answers request after request with these; the last one again and again. */
const script = (...answers: ChatAnswer[]) => {
  endpoint.answer = () => answers[Math.min(endpoint.requests.length, answers.length) - 1]!;
};
const toolMessages = ({ messages }: ChatRequest) => messages.filter(({ role }) => role === 'tool');

interface Setting {
  tools?: object[];
  persona?: object;
  perTurn?: number;
  committed?: Promise<void>;
  signal?: AbortSignal;
  firstTokenTimeoutMs?: number;
  deeds?: Deeds;
  around?: (dialogue: Dialogue) => Dialogue;
}

/** One turn. The conversation's tools are two: `order` reads, `book` does something. */
function begin({
  tools = [orderTool(service), bookingTool(service)],
  persona: more,
  perTurn = 4,
  committed = Promise.resolve(),
  signal = new AbortController().signal,
  firstTokenTimeoutMs = 5000,
  deeds = new Deeds(),
  around = dialogue => dialogue,
}: Setting = {}) {
  const { toolbox, clock, outcomes } = toolboxFor({ allow: [service.origin], perTurn });
  const source = personaWith(tools, more);
  toolbox.prepare(source);
  const { baseUrl } = endpoint;
  const config = { apiKey: 'none', baseUrl, model: 'm', maxTokens: 50, firstTokenTimeoutMs };
  const dialogue = around(new OpenAiDialogue(config, toolbox));
  const conversation: Conversation = {
    persona: source.persona,
    history: [],
    turn: [{ role: 'user', speaker: 'a', name: 'Ann', text: 'Where is my order?' }],
    deeds,
  };
  return { parts: dialogue.reply(conversation, { signal, committed }), outcomes, clock };
}
async function all(parts: AsyncIterable<ReplyPart>): Promise<string[]> {
  const told: string[] = [];
  for await (const part of parts) told.push(part.type === 'text' ? part.text : `(${part.type})`);
  return told;
}
const reply = async (setting?: Setting) => (await all(begin(setting).parts)).join('');

describe('a language model with tools', () => {
  it('is told of them, and that it has them', async () => {
    await reply();
    const [{ tools, tool_choice }] = endpoint.requests as [ChatRequest];
    expect(tools).toMatchObject([
      { type: 'function', function: { name: 'order', parameters: { required: ['id'], additionalProperties: false } } },
      { type: 'function', function: { name: 'book', description: 'Books a table.' } },
    ]);
    expect(tool_choice).toBeUndefined();
    expect(endpoint.instructions).toContain('You have tools.');
  });

  it('calls one, is told what came of it, and answers', async () => {
    service.answer = response => json(response, { state: 'sent' });
    script(asking([['order', { id: '7' }]]), 'It was sent.');
    expect(await reply()).toBe('It was sent.');
    const [, second] = endpoint.requests as [ChatRequest, ChatRequest];
    expect(second.messages.slice(-2)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'id-0', type: 'function', function: { name: 'order', arguments: '{"id":"7"}' } }],
      },
      { role: 'tool', tool_call_id: 'id-0', content: '{"state":"sent"}' },
    ]);
  });

  it('has what it said before the call spoken at once, while the tool is running', async () => {
    let respond = () => {};
    service.answer = response => {
      respond = () => json(response, {});
    };
    script(asking([['order', { id: '7' }]], 'Let me see.'), 'It was sent.');
    const { parts } = begin();
    const said: ReplyPart[] = [];
    const iterator = parts[Symbol.asyncIterator]();
    while (said.at(-1)?.type !== 'pause') said.push((await iterator.next()).value);
    expect(said.map(part => (part.type === 'text' ? part.text : ''))).toEqual(['Let ', 'me ', 'see.', '']);
    await service.until(() => service.calls.length === 1);
    respond();
    expect((await all({ [Symbol.asyncIterator]: () => iterator })).join('')).toBe('It was sent.');
    expect(endpoint.requests[1]!.messages.at(-2)).toMatchObject({ role: 'assistant', content: 'Let me see.' });
  });

  it('may call several at once, and again after it knows more', async () => {
    script(
      asking([
        ['order', { id: '1' }],
        ['order', { id: '2' }],
      ]),
      asking([['book', { at: 'noon' }]]),
      'Done.',
    );
    expect(await reply()).toBe('Done.');
    expect(service.calls.map(({ target }) => target).toSorted()).toEqual(['/orders/1', '/orders/2', '/tables']);
    expect(toolMessages(endpoint.requests[1]!).map(({ tool_call_id: id }) => id)).toEqual(['id-0', 'id-1']);
    expect(toolMessages(endpoint.requests[2]!)).toHaveLength(3);
  });

  it('is told of its mistakes, and what it wrote is sent back in a form that every endpoint can read', async () => {
    script(
      asking([
        ['order', '{"id": '],
        ['ship', {}],
      ]),
      'Sorry.',
    );
    expect(await reply()).toBe('Sorry.');
    const { messages } = endpoint.requests[1]!;
    expect(messages.at(-3)!.tool_calls).toMatchObject([
      { function: { arguments: '{}' } },
      { function: { name: 'ship' } },
    ]);
    expect(toolMessages(endpoint.requests[1]!).map(({ content }) => content)).toEqual([
      expect.stringContaining('no JSON'),
      expect.stringContaining('none of this name'),
    ]);
  });

  it('makes no more calls than it may, and is then made to answer', async () => {
    endpoint.answer = ({ tool_choice }) => (tool_choice === 'none' ? 'Enough.' : asking([['order', { id: '1' }]]));
    expect(await reply({ perTurn: 3 })).toBe('Enough.');
    expect(service.calls).toHaveLength(3);
    expect(endpoint.requests.map(({ tool_choice }) => tool_choice)).toEqual([undefined, undefined, undefined, 'none']);
  });

  it('ends where an endpoint goes on asking for tools nevertheless', async () => {
    script(asking([['order', { id: '1' }]]));
    expect(await reply({ perTurn: 2 })).toBe('');
    expect(endpoint.requests).toHaveLength(3);
    expect(service.calls).toHaveLength(2);
  });

  it('is not told of tools where the persona has none', async () => {
    const { toolbox } = toolboxFor();
    const source = personaWith([orderTool(service)]);
    const { tools: _, ...persona } = source.persona;
    const { baseUrl } = endpoint;
    const config = { apiKey: 'none', baseUrl, model: 'm', maxTokens: 50, firstTokenTimeoutMs: 5000 };
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    await all(new OpenAiDialogue(config, toolbox).reply({ persona, history: [], turn: [] }, options));
    expect(endpoint.requests[0]).not.toHaveProperty('tools');
    expect(endpoint.instructions).not.toContain('tools');
  });

  it('is waited for only while it is its turn: a tool may take longer than its first word', async () => {
    service.answer = response => setTimeout(() => json(response, {}), 400);
    script(asking([['order', { id: '1' }]]), 'It was sent.');
    expect(await reply({ firstTokenTimeoutMs: 250 })).toBe('It was sent.');
  });

  it('is told in later turns what was done', async () => {
    const deeds = new Deeds();
    service.answer = response => json(response, { table: 4 });
    script(asking([['book', { at: 'noon' }]]), 'Booked.');
    await reply({ deeds });
    expect(endpoint.instructions).not.toContain('noon');
    await reply({ deeds });
    expect(endpoint.instructions).toContain('- book {"at":"noon"}: {"table":4}');
  });

  it('[T5] reads while the turn is speculation, and does nothing until it is certain', async () => {
    const commitment = Promise.withResolvers<void>();
    script(
      asking([
        ['order', { id: '1' }],
        ['book', { at: 'noon' }],
      ]),
      'Done.',
    );
    const done = reply({ committed: commitment.promise });
    await service.until(() => service.calls.length === 1);
    expect(service.calls[0]!.method).toBe('GET');
    commitment.resolve();
    expect(await done).toBe('Done.');
    expect(service.calls).toHaveLength(2);
  });

  it('is left alone at once when the turn is called off, whatever the tool does', async () => {
    service.answer = () => {};
    script(asking([['book', { at: 'noon' }]]), 'never');
    const controller = new AbortController();
    const { parts, clock } = begin({ signal: controller.signal });
    const told = all(parts);
    told.catch(() => {});
    await service.until(() => service.calls.length === 1);
    controller.abort(new Error('called off'));
    await expect(told).rejects.toThrow('called off');
    expect(endpoint.requests).toHaveLength(1);
    expect(service.hungUp).toBe(0);
    await clock.advance(3000);
    await service.until(() => service.hungUp === 1);
  });

  it('that fails after a tool was called leaves the words to the embedded dialogue, and nothing is done twice', async () => {
    const embedded: Dialogue = {
      name: 'embedded',
      async *reply() {
        yield { type: 'text', text: 'I see.' };
      },
    };
    script(asking([['book', { at: 'noon' }]], 'One moment.'), { status: 500, problem: 'overloaded' });
    const deeds = new Deeds();
    const around = (dialogue: Dialogue) => new FallbackDialogue(dialogue, embedded, () => {}, systemClock);
    expect(await reply({ around, deeds })).toBe('One moment.(pause)I see.');
    expect(service.calls).toHaveLength(1);
    expect(deeds.told()).toContain('book');
  });

  it('has its answer said in full after "let me see", however short answers are to be', async () => {
    script(asking([['order', { id: '1' }]], 'Let me see. One moment. I am looking.'), 'It was sent. On Monday.');
    const told = await reply({ persona: { limits: { sentences: 1 } }, around: inner => new ConciseDialogue(inner) });
    expect(told).toBe('Let me see. (pause)It was sent. ');
    expect(service.calls).toHaveLength(1);
  });
});

describe('calls that come in pieces', () => {
  const event = (calls: object[]) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { tool_calls: calls } }] })}\n\n`;

  /** What the tools were asked after these events. */
  async function asked(...events: object[][]) {
    let requests = 0;
    const server = http.createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const calls of requests++ === 0 ? events : []) response.write(event(calls));
      response.end('data: [DONE]\n\n');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const { toolbox } = toolboxFor({ allow: [service.origin], perTurn: 20 });
      const source = personaWith([orderTool(service)]);
      toolbox.prepare(source);
      const config = {
        apiKey: 'none',
        baseUrl: `http://127.0.0.1:${port}`,
        model: 'm',
        maxTokens: 50,
        firstTokenTimeoutMs: 5000,
      };
      const options = { signal: new AbortController().signal, committed: Promise.resolve() };
      await all(new OpenAiDialogue(config, toolbox).reply({ persona: source.persona, history: [], turn: [] }, options));
      return service.calls.map(({ target }) => target).toSorted();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const named = (args: string) => ({ name: 'order', arguments: args });

  it('are put together by their number', async () => {
    expect(
      await asked(
        [{ index: 0, id: 'a', function: named('') }],
        [{ index: 0, function: { arguments: '{"id"' } }],
        [{ index: 1, id: 'b', function: named('{"id":"2"}') }],
        [{ index: 0, function: { arguments: ':"1"}' } }],
      ),
    ).toEqual(['/orders/1', '/orders/2']);
  });

  it('are told apart by their ids where all have one number, or none', async () => {
    expect(
      await asked(
        [{ index: 0, id: 'a', function: named('{"id":"1"}') }],
        [{ index: 0, id: 'b', function: named('{"id":"2"}') }],
        [{ id: 'c', function: named('{"id":"3"}') }],
      ),
    ).toEqual(['/orders/1', '/orders/2', '/orders/3']);
  });

  it('may have numbers and no ids', async () => {
    expect(
      await asked([
        { index: 0, function: named('{"id":"1"}') },
        { index: 1, function: named('{"id":"2"}') },
      ]),
    ).toEqual(['/orders/1', '/orders/2']);
  });

  it('are not listened to without end', async () => {
    const calls = Array.from({ length: 40 }, (_, index) => ({
      index,
      id: `i${index}`,
      function: named(`{"id":"${index}"}`),
    }));
    expect(await asked(calls)).toHaveLength(16);
  });
});
