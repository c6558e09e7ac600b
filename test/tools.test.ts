import { once } from 'node:events';
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatEndpoint } from '../agents/testing/chat-endpoint.ts';
import { createShop } from '../examples/tools/orders.ts';
import type { LogEntry } from '../protocol/conversation.ts';
import { Peer, request } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

const TOKEN = 'a-token-of-the-shop';

describe('a persona with tools in a real call', () => {
  const asked: string[] = [];
  const shop = createShop(TOKEN, line => asked.push(line));
  const endpoint = new ChatEndpoint();
  const personas = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-personas-'));
  let system: System;

  beforeAll(async () => {
    await Promise.all([endpoint.open(), once(shop.listen(0, '127.0.0.1'), 'listening')]);
    const { port } = shop.address() as AddressInfo;
    // The example's persona, but for the port: another may be listening there.
    fs.cpSync('examples/tools/personas', personas, { recursive: true });
    const file = path.join(personas, 'clara.yaml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll(':4100/', `:${port}/`));
    process.env.OPENAI_BASE_URL = endpoint.baseUrl;
    process.env.VISAVIS_TOOL_SHOP = TOKEN;
    const commands = [['node', 'examples/tools/stock.mjs']];
    const tools = { allow: [`http://127.0.0.1:${port}/orders`], commands };
    system = await startSystem({ agent: { personas, defaultPersona: 'clara', tools } });
    await system.ready();
  });
  afterAll(async () => {
    delete process.env.OPENAI_BASE_URL;
    delete process.env.VISAVIS_TOOL_SHOP;
    await system?.close();
    await endpoint.close();
    shop.close();
    fs.rmSync(personas, { recursive: true });
  });

  it('looks up what it is asked, and says it', async () => {
    const call = { id: 'a', type: 'function', function: { name: 'order_status', arguments: '{"order":"1001"}' } };
    endpoint.answer = ({ stream, messages }) => {
      if (stream !== true) return '{"facts":[]}';
      const told = messages.findLast(({ role }) => role === 'tool');
      if (told === undefined) return { message: { content: 'One moment, please.', tool_calls: [call] } };
      return `It comes ${JSON.parse(String(told.content)).arrives}.`;
    };
    const ann = await Peer.join(system.url, 'shop', 'Ann');
    const log = new Map<string, LogEntry>();
    ann.socket.on('log.entry', ({ entry }: { entry: LogEntry }) => log.set(entry.id, entry));
    await request(ann.socket, 'say', { text: 'Where is my order 1001?' });
    const answer = () => [...log.values()].find(({ role, text }) => role === 'avatar' && /Thursday/.test(text))?.text;
    await until('the answer to be heard', () => answer() !== undefined, 20_000);
    expect(answer()).toBe('One moment, please. It comes on Thursday.');
    expect(asked).toEqual(['GET /orders/1001: 200']);
    const figures = await (await fetch(`${system.url}/metrics`)).text();
    expect(figures).toMatch(/^visavis_tool_calls_total\{tool="order_status",outcome="ok"\} 1$/m);
    expect(figures).toMatch(/^visavis_tool_seconds_count\{tool="order_status"\} 1$/m);
    ann.close();
  });
});
