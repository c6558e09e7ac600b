import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatEndpoint } from '../agents/testing/chat-endpoint.ts';
import { WAITING_WORDS } from '../agents/think/waiting-words.ts';
import { createShop } from '../examples/tools/orders.ts';
import type { LogEntry } from '../protocol/conversation.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { Peer, request } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const TOKEN = 'a-token-of-the-shop';

describe('a persona with tools in a real call', () => {
  const asked: string[] = [];
  const orders = createShop(TOKEN, line => asked.push(line));
  /** Its answers are held back until then. */
  let opens = Promise.resolve();
  const shop = http.createServer(async (incoming, response) => {
    await opens;
    orders.emit('request', incoming, response);
  });
  const endpoint = new ChatEndpoint();
  const personas = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-personas-'));
  let system: System;

  beforeAll(async () => {
    await Promise.all([endpoint.open(), once(shop.listen(0, '127.0.0.1'), 'listening')]);
    const { port } = shop.address() as AddressInfo;
    // The example's persona, but for the port: another may be listening there.
    fs.cpSync('examples/tools/personas', personas, { recursive: true });
    const file = path.join(personas, 'clara.yaml');
    const clara = fs.readFileSync(file, 'utf8').replaceAll(':4100/', `:${port}/`);
    // Its first tool has time.
    fs.writeFileSync(file, clara.replace('  - name: cancel_order', '    timeoutMs: 30000\n  - name: cancel_order'));
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

  it.skipIf(CHROMIUM === undefined)(
    'talks on while a tool takes long, and tells what was found when nobody speaks (skipped where there is no Chromium)',
    async () => {
      const opening = Promise.withResolvers<void>();
      opens = opening.promise;
      const call = { id: 'a', type: 'function', function: { name: 'order_status', arguments: '{"order":"1001"}' } };
      endpoint.answer = ({ stream, messages }) => {
        if (stream !== true) return '{"facts":[]}';
        if (String(messages.at(-1)?.content).includes('has come')) return 'About your order: it comes on Thursday.';
        if (endpoint.instructions.includes('still being looked up')) return 'My name is Clara.';
        return { message: { tool_calls: [call] } };
      };
      const [voice, browser] = [new TestVoice(), await launchChromium()];
      try {
        const caller = await Caller.open(browser, `${system.url}/r/slow-${randomUUID().slice(0, 8)}?name=Bob`);
        await caller.join();
        const heard = async (text: RegExp) =>
          (await caller.log()).findIndex(each => each.role === 'avatar' && each.final && text.test(each.text));
        const hears = (text: RegExp) => until(`${text}`, async () => (await heard(text)) >= 0, 40_000);
        await hears(/Bob/);
        await caller.avatarQuiet();
        const looking = caller.page.locator('[data-agent="looking"]');
        await caller.speak(await voice.say('Where is my order?'));
        await looking.waitFor({ timeout: 20_000 });
        const remarks = WAITING_WORDS.en!.waiting;
        const said = async () => (await caller.log()).some(({ text }) => remarks.includes(text));
        await until('it to be said that this takes a while', said);
        await caller.avatarQuiet();
        await caller.speak(await voice.say('Tell me, what is your name?'));
        await hears(/My name is Clara/);
        expect(await heard(/Thursday/)).toBe(-1);
        opening.resolve();
        await hears(/About your order: it comes on Thursday/);
        expect(await looking.count()).toBe(0);
        const order = [/My name is Clara/, /Thursday/].map(heard);
        expect(await Promise.all(order)).toEqual((await Promise.all(order)).toSorted((a, b) => a - b));
        expect(caller.errors).toEqual([]);
      } finally {
        opening.resolve();
        await browser.close();
        await voice.close();
      }
    },
  );
});
