import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import type { Usage } from '../../base/meter.ts';
import { ChatEndpoint } from '../../testing/chat-endpoint.ts';
import { PERSONA } from '../../testing/scene.ts';
import type { Conversation } from '../../think/ports.ts';
import { Roster } from '../../think/roster.ts';
import { OpenAiDialogue } from './dialogue.ts';

const CONVERSATION: Conversation = {
  persona: { ...PERSONA, instructions: 'Be an octopus.' },
  history: [
    { role: 'user', speaker: 'a', name: 'Ann', text: 'Hello.' },
    { role: 'avatar', speaker: 'avatar', name: 'Ollie', text: 'Hi Ann.' },
  ],
  turn: [
    { role: 'user', speaker: 'a', name: 'Ann', text: 'How deep is it?' },
    { role: 'user', speaker: 'b', name: 'Bob', text: 'And how cold?' },
  ],
};

/** One event as the chat endpoint streams it. */
const event = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
const DONE = 'data: [DONE]\n\n';

describe('OpenAiDialogue against a server on this machine', () => {
  let server: http.Server;
  let answer: (response: http.ServerResponse, request: http.IncomingMessage) => void;
  let received: { url: string; authorization: string | undefined; body: Record<string, unknown> }[];

  beforeEach(async () => {
    received = [];
    server = http.createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      received.push({ url: request.url!, authorization: request.headers.authorization, body: JSON.parse(text) });
      answer(response, request);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const make = (firstTokenTimeoutMs = 5000, used?: (usage: Usage) => void) =>
    new OpenAiDialogue({
      used,
      apiKey: 'sk-secret',
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      model: 'some-model',
      maxTokens: 99,
      firstTokenTimeoutMs,
    });
  const ask = (signal = new AbortController().signal, firstTokenTimeoutMs = 5000, used?: (usage: Usage) => void) =>
    make(firstTokenTimeoutMs, used).reply(CONVERSATION, { signal, committed: Promise.resolve() });

  /** What was said, and what it ended with. */
  async function outcome(parts = ask()): Promise<{ texts: string[]; error?: unknown }> {
    const texts: string[] = [];
    try {
      for await (const part of parts) if (part.type === 'text') texts.push(part.text);
      return { texts };
    } catch (error) {
      return { texts, error };
    }
  }

  const stream = (response: http.ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const refuse = (status: number, message: string) => (response: http.ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));

  it('tells what an answer took, as the endpoint says, or estimated where it does not or is cut short', async () => {
    const took: Usage[] = [];
    const asking = () => ask(undefined, undefined, usage => took.push(usage));
    answer = response => {
      stream(response);
      response.write(event({ content: 'Deep.' }));
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 321, completion_tokens: 2, total_tokens: 323 } })}\n\n`,
      );
      response.end(DONE);
    };
    await outcome(asking());
    expect(took).toEqual([{ inputTokens: 321, outputTokens: 2 }]);
    expect(received[0]!.body).toMatchObject({ stream_options: { include_usage: true } });

    answer = response => {
      stream(response);
      response.end(event({ content: 'Twenty characters ok' }) + DONE);
    };
    await outcome(asking());
    expect(took[1]).toMatchObject({ outputTokens: 5, estimated: true });
    expect(took[1]!.inputTokens).toBeGreaterThan(10);
    for await (const _ of asking()) break;
    expect(took[2]).toEqual(took[1]);

    answer = refuse(429, 'slow down');
    await outcome(asking());
    expect(took).toHaveLength(3);
  });

  it('does not ask an endpoint for tokens that refuses the question', async () => {
    answer = response => {
      if (received.length === 1) return refuse(400, 'Unrecognized request argument: stream_options')(response);
      stream(response);
      response.end(event({ content: 'Deep.' }) + DONE);
    };
    expect(await outcome()).toEqual({ texts: ['Deep.'] });
    expect(received.map(({ body }) => Object.hasOwn(body as object, 'stream_options'))).toEqual([true, false]);
  });

  it('passes the words on as they come', async () => {
    answer = response => {
      stream(response);
      response.write(event({ role: 'assistant', content: '' }));
      response.write(event({ content: 'Very' }));
      // Half an event, the other half later; a comment as keep-alive.
      const next = event({ content: ' deep.' });
      response.write(next.slice(0, 40));
      response.write(`${next.slice(40)}: ping\n\n`);
      response.end(event({}, 'stop') + DONE);
    };
    expect(await outcome()).toEqual({ texts: ['Very', ' deep.'] });
  });

  it('asks with the instructions and with everything that was said, by whom', async () => {
    answer = response => {
      stream(response);
      response.end(event({ content: 'x' }, 'stop') + DONE);
    };
    await outcome();
    expect(received).toHaveLength(1);
    const [{ url, authorization, body }] = received as [(typeof received)[0]];
    expect(url).toBe('/v1/chat/completions');
    expect(authorization).toBe('Bearer sk-secret');
    expect(body).toMatchObject({ model: 'some-model', max_completion_tokens: 99, stream: true });
    const [system, ...said] = body.messages as { role: string; content: string }[];
    expect(system!.role).toBe('system');
    expect(system!.content).toMatch(/^Be an octopus\.\n\n.*spoken aloud/);
    const ids = new Roster([]);
    expect(system!.content).toContain(`"${ids.id('a')}": "Ann"`);
    expect(said).toEqual([
      { role: 'user', content: `${ids.id('a')}: "Hello."` },
      { role: 'assistant', content: 'Hi Ann.' },
      { role: 'user', content: `${ids.id('a')}: "How deep is it?"` },
      { role: 'user', content: `${ids.id('b')}: "And how cold?"` },
    ]);
  });

  it.each([
    [401, 'auth', false],
    [403, 'auth', false],
    [429, 'quota', true],
    [400, 'bad-input', false],
    [404, 'bad-input', false],
    [500, 'network', true],
    [503, 'network', true],
  ])('calls a %i %s, and asks once', async (status, category, retryable) => {
    answer = refuse(status, 'because');
    const { texts, error } = await outcome();
    expect(texts).toEqual([]);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ category, retryable, message: expect.stringContaining('because') });
    expect(received).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain('sk-secret');
  });

  it.each([
    ['an answer that never begins', () => {}],
    ['a stream without a word', stream],
    [
      'a stream that stops in the middle',
      (response: http.ServerResponse) => {
        stream(response);
        response.write(event({ content: 'Very' }));
      },
    ],
  ])('gives up on %s, and hangs up', async (_, behave) => {
    const hungUp = Promise.withResolvers<void>();
    answer = response => {
      response.once('close', hungUp.resolve);
      behave(response);
    };
    const { error } = await outcome(ask(undefined, 50));
    expect(error).toMatchObject({ category: 'network', retryable: true, message: expect.stringContaining('in time') });
    await hungUp.promise;
  });

  it.each([
    ['without end', '['],
    ['in pieces without end', '[['.repeat(50)],
    ['in one piece that is too long', '['.repeat(50_000)],
  ])('ends what is written %s, and says what there is', async (_, piece) => {
    const hungUp = Promise.withResolvers<void>();
    answer = async response => {
      response.once('close', hungUp.resolve);
      stream(response);
      while (!response.destroyed)
        if (!response.write(event({ content: piece }).repeat(Math.ceil(100 / piece.length)))) await setTimeout(1);
    };
    const { texts, error } = await outcome();
    expect(texts.join('')).toMatch(/^\[{1000,5000}$/);
    expect(error).toMatchObject({ category: 'internal', message: expect.stringContaining('more than') });
    await hungUp.promise;
  });

  it.each([
    ['a line', () => 'data: '.padEnd(65_536, 'x')],
    ['events that say nothing', () => event({}).repeat(200)],
    ['arguments of tools', () => event({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(9999) } }] })],
  ])('ends %s without end', async (_, more) => {
    answer = async response => {
      stream(response);
      while (!response.destroyed) if (!response.write(more())) await setTimeout(1);
    };
    const { texts, error } = await outcome();
    expect(texts).toEqual([]);
    expect(error).toBeInstanceOf(ProviderError);
  });

  it.each([500, 4000])('ends a line without an end early: pieces of %i bytes', async size => {
    let sentBytes = 0;
    answer = async response => {
      stream(response);
      response.write('data: ');
      for (; !response.destroyed; sentBytes += size) {
        response.write('x'.repeat(size));
        await setTimeout(1);
      }
    };
    const { error } = await outcome(ask(undefined, 60_000));
    expect(error).toMatchObject({ category: 'internal', message: expect.stringContaining('more than') });
    // All of an answer may be two million.
    expect(sentBytes).toBeLessThan(1_000_000);
  });

  it('sends what was said nowhere else, whatever an endpoint asks for', async () => {
    const elsewhere = new ChatEndpoint();
    await elsewhere.open();
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        answer = response => response.writeHead(status, { location: `${elsewhere.baseUrl}/chat/completions` }).end();
        const { texts, error } = await outcome();
        expect(texts).toEqual([]);
        expect(error).toMatchObject({
          category: 'bad-input',
          retryable: false,
          message: expect.stringContaining('leads elsewhere'),
        });
      }
      expect(elsewhere.requests).toEqual([]);
      expect(received).toHaveLength(5);
    } finally {
      await elsewhere.close();
    }
  });

  it('waits for whoever reads', async () => {
    const finish = Promise.withResolvers<void>();
    answer = async response => {
      stream(response);
      response.write(event({ content: 'a' }));
      await finish.promise;
      response.end(event({ content: 'b' }, 'stop') + DONE);
    };
    const parts = ask(undefined, 1000);
    expect((await parts.next()).value).toEqual({ type: 'text', text: 'a' });
    finish.resolve();
    expect(await outcome(parts)).toEqual({ texts: ['b'] });
  });

  it('keeps what was said before the line broke', async () => {
    answer = response => {
      stream(response);
      response.write(event({ content: 'Very' }), () => setImmediate(() => response.destroy()));
    };
    const { texts, error } = await outcome();
    expect(texts).toEqual(['Very']);
    expect(error).toMatchObject({ category: 'network', retryable: true });
  });

  it('calls garbage a failure of the other side', async () => {
    answer = response => {
      stream(response);
      response.end('data: {"choices": [{{{\n\n');
    };
    expect((await outcome()).error).toMatchObject({ name: 'ProviderError', category: 'network' });
  });

  it('takes events without a choice for silence', async () => {
    answer = response => {
      stream(response);
      response.end(`data: {"choices":[]}\n\n${event({ content: 'ok' })}${DONE}`);
    };
    expect(await outcome()).toEqual({ texts: ['ok'] });
  });

  it('calls a closed port a network failure', async () => {
    const parts = ask();
    server.close();
    await once(server, 'close');
    expect((await outcome(parts)).error).toMatchObject({ category: 'network', retryable: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  it.each([
    ['before the first word', false],
    ['between words', true],
  ])('ends at once when it is called off %s, and hangs up', async (_, begun) => {
    const asked = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    answer = response => {
      response.once('close', hungUp.resolve);
      if (begun) {
        stream(response);
        response.write(event({ content: 'Very' }));
      }
      asked.resolve();
    };
    const controller = new AbortController();
    const parts = ask(controller.signal);
    if (begun) await parts.next();
    const next = parts.next();
    await asked.promise;
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await hungUp.promise;
  });

  it('hangs up when nobody reads on', async () => {
    const hungUp = Promise.withResolvers<void>();
    answer = response => {
      response.once('close', hungUp.resolve);
      stream(response);
      response.write(event({ content: 'Very' }));
    };
    const parts = ask();
    await parts.next();
    await parts.return(undefined);
    await hungUp.promise;
  });
});
