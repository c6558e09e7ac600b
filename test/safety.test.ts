import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_SECRET } from '../agents/assembly/safety.ts';
import type { LogEntry } from '../protocol/conversation.ts';
import { Peer, request } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

const SECRET = 'what the alarm is signed with';

describe('somebody in a real call', () => {
  const told: { body: string; signature: string }[] = [];
  const operator = http.createServer(async (message, response) => {
    told.push({ body: await text(message), signature: String(message.headers['x-visavis-signature']) });
    response.end();
  });
  const personas = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-personas-'));
  let system: System;

  beforeAll(async () => {
    await once(operator.listen(0, '127.0.0.1'), 'listening');
    fs.cpSync('personas', personas, { recursive: true });
    process.env[WEBHOOK_SECRET] = SECRET;
    const webhook = `http://127.0.0.1:${(operator.address() as AddressInfo).port}/alert`;
    system = await startSystem({ agent: { personas, safety: { country: 'GB', webhook } } });
    await system.ready();
  });
  afterAll(async () => {
    delete process.env[WEBHOOK_SECRET];
    await system?.close();
    operator.close();
    fs.rmSync(personas, { recursive: true });
  });

  /** Ann, in a room of her own, greeted. */
  const call = async (room: string) => {
    const ann = await Peer.join(system.url, room, 'Ann');
    const log = new Map<string, LogEntry>();
    ann.socket.on('log.entry', ({ entry }: { entry: LogEntry }) => log.set(entry.id, entry));
    const heard = (words: RegExp) =>
      until(`to hear ${words}`, () => [...log.values()].some(each => each.role === 'avatar' && words.test(each.text)));
    return { ann, log, heard, say: (words: string) => request(ann.socket, 'say', { text: words }) };
  };

  it('is told whom to call, and the operator is told of it, signed', async () => {
    const { ann, heard, say } = await call('danger');
    await heard(/I am an AI/);
    await say('my chest hurts');
    await heard(/call 999 now/i);
    await until('the operator to be told', () => told.length > 0);
    const { body, signature } = told[0]!;
    expect(JSON.parse(body)).toEqual({ kind: 'medical', room: 'danger', persona: 'ollie', atMs: expect.any(Number) });
    const [, time, hex] = /^t=(\d+),v1=(\w+)$/.exec(signature)!;
    expect(hex).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    const figures = await (await fetch(`${system.url}/metrics`)).text();
    expect(figures).toMatch(/^visavis_safety_total\{kind="medical"\} 1$/m);
    ann.close();
  });

  it('is given to another persona, who knows what was said', async () => {
    const { ann, log, heard, say } = await call('handover');
    await heard(/How are you/);
    await say('Can I talk to Sarah?');
    await heard(/let me get Sarah for you/);
    await heard(/I am Sarah/);
    const avatars = [...log.values()].filter(({ role }) => role === 'avatar').map(({ speakerName }) => speakerName);
    expect(new Set(avatars)).toEqual(new Set(['Ollie', 'Sarah']));
    ann.close();
  });
});
