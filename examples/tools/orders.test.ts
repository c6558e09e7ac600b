import { once } from 'node:events';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenAiDialogue } from '../../agents/providers/openai/dialogue.ts';
import { RiveScriptDialogue } from '../../agents/providers/rivescript/dialogue.ts';
import { type ChatAnswer, ChatEndpoint } from '../../agents/testing/chat-endpoint.ts';
import { toolboxFor } from '../../agents/testing/tool-turns.ts';
import { readPersona } from '../../agents/think/persona-file.ts';
import { loadSettings } from '../../settings/load.ts';
import { createShop } from './orders.ts';

const TOKEN = 'a-token';
let shop: http.Server;
let endpoint: ChatEndpoint;
beforeEach(async () => {
  shop = createShop(TOKEN, () => {}).listen(0, '127.0.0.1');
  endpoint = new ChatEndpoint();
  await Promise.all([once(shop, 'listening'), endpoint.open()]);
});
afterEach(async () => {
  shop.close();
  await Promise.all([once(shop, 'close'), endpoint.close()]);
});

describe('the example', () => {
  const { agent: config } = loadSettings({ VISAVIS_CONFIG: 'examples/tools/visavis.config.yaml' }, 'agent');
  const source = readPersona(path.join(config.personas, `${config.defaultPersona}.yaml`));

  it('looks orders up and cancels them', async () => {
    // As they are, but for the port: another may be listening there.
    const { port } = shop.address() as AddressInfo;
    const here = (url: string) => url.replace(':4100/', `:${port}/`);
    const persona = { ...source.persona, tools: source.persona.tools!.map(tool => ({ ...tool, url: here(tool.url) })) };
    const allow = config.tools.allow.map(here);
    const { toolbox, outcomes } = toolboxFor({ ...config.tools, allow, variables: { VISAVIS_TOOL_SHOP: TOKEN } });
    toolbox.prepare({ ...source, persona });
    const call = (id: string, name: string, order: string) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify({ order }) },
    });
    const answers: ChatAnswer[] = [
      { message: { tool_calls: [call('a', 'order_status', '1001'), call('b', 'cancel_order', '1002')] } },
      { message: { tool_calls: [call('c', 'order_status', '1002'), call('d', 'order_status', '9999')] } },
      'Done.',
    ];
    endpoint.answer = () => answers[endpoint.requests.length - 1]!;
    const { baseUrl } = endpoint;
    const dialogue = new OpenAiDialogue(
      { apiKey: 'none', baseUrl, model: 'm', maxTokens: 50, firstTokenTimeoutMs: 5000 },
      toolbox,
    );
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    for await (const _ of dialogue.reply({ persona, history: [], turn: [] }, options));
    const told = endpoint.requests.at(-1)!.messages.filter(({ role }) => role === 'tool');
    expect(told.map(({ content }) => content)).toEqual([
      '{"item":"a blue teapot","state":"sent","arrives":"on Thursday"}',
      '{"done":true}',
      '{"item":"two candles","state":"cancelled"}',
      'The tool failed: the service answered with status 404.',
    ]);
    expect(outcomes).toHaveLength(4);
  });

  it('has its stock looked up by the server that it names', async () => {
    const { toolbox } = toolboxFor({ ...config.tools, variables: { VISAVIS_TOOL_SHOP: TOKEN } });
    toolbox.prepare(source);
    try {
      const options = { signal: new AbortController().signal, committed: Promise.resolve() };
      const turn = toolbox.begin({ persona: source.persona, history: [], turn: [] }, options)!;
      const known = () => turn.declared.some(({ name }) => name === 'stock_find');
      await vi.waitUntil(known, { timeout: 20_000 });
      const find = (article: string) => ({ name: 'stock_find', arguments: JSON.stringify({ article }) });
      expect(await turn.run([find('Teapots'), find('cow')])).toEqual([
        '3 of teapot',
        'The tool failed, and says: the shop has no such article',
      ]);
    } finally {
      await toolbox.close();
    }
  });

  it('allows what its persona calls', () => {
    const { toolbox } = toolboxFor({ ...config.tools, variables: { VISAVIS_TOOL_SHOP: TOKEN } });
    expect(() => toolbox.prepare(source)).not.toThrow();
  });

  it('has a script for when there is no language model', () => {
    expect(() => new RiveScriptDialogue().prepare(source.persona)).not.toThrow();
  });
});
