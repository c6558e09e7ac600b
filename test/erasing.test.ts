import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../protocol/conversation.ts';
import type { ConversationList, MemoryList, PersonTokenResponse } from '../protocol/conversations.ts';
import { type RoomSnapshot, SIGNALING_VERSION } from '../protocol/signaling.ts';
import { connectSocket, request } from './harness/peer.ts';
import { ServerProcess } from './harness/server-process.ts';
import { until } from './harness/system.ts';

const PERSON_KEY = 'a-secret-made-by-the-browser-4711';

describe('what a person erases in the middle of a call', () => {
  let server: ServerProcess;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-erased-'));
  const sockets: Socket[] = [];
  const log = new Map<string, LogEntry>();

  beforeAll(async () => {
    server = await ServerProcess.start(dataDir, { agents: 1 });
  }, 60_000);
  afterAll(async () => {
    for (const socket of sockets) socket.disconnect();
    await server?.kill('SIGTERM');
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  const post = async <T>(address: string, body: object): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url + address, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as T;
  };
  const join = async (): Promise<{ socket: Socket; snapshot: RoomSnapshot }> => {
    const asked = { name: 'Ann', persona: 'sarah', personKey: PERSON_KEY, remember: true };
    const { token } = await post<{ token: string }>('/api/rooms/erasing/token', asked);
    const socket = connectSocket(server.url);
    sockets.push(socket);
    socket.on('log.entry', ({ entry }: { entry: LogEntry }) => log.set(entry.id, entry));
    socket.on('log.removed', ({ entryId }: { entryId: string }) => log.delete(entryId));
    const { snapshot } = await request(socket, 'join', { version: SIGNALING_VERSION, token });
    return { socket, snapshot };
  };
  const answers = () => [...log.values()].filter(({ role, final }) => role === 'avatar' && final);
  /** Resolves to the avatar's answer. */
  const say = async (socket: Socket, text: string): Promise<string> => {
    const { entryId } = await request(socket, 'say', { text });
    const answer = () => answers().find(({ turnId }) => turnId === entryId);
    await until(`an answer to "${text}"`, () => answer() !== undefined, 20_000);
    return answer()!.text;
  };

  it('is neither used nor mentioned, what they correct is, and a deleted conversation is over', async () => {
    const { socket } = await join();
    const { token } = await post<PersonTokenResponse>('/api/person/token', { personKey: PERSON_KEY });
    const mine = (address: string, method = 'GET') => server.ask(token, address, method);
    const memories = async () => ((await (await mine('/api/memories')).json()) as MemoryList).memories;
    const product = async () => (await memories()).find(({ key }) => key === 'product');
    await until('the greeting', () => answers().length > 0, 20_000);

    await say(socket, 'I sell handmade zithers to music schools.');
    expect(await say(socket, 'What do I sell?')).toContain('zithers');
    await until('it to be remembered', async () => (await product()) !== undefined);
    const { id } = (await product())!;

    const corrected = await fetch(`${server.url}/api/memories/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ value: 'glass harmonicas', text: 'They sell glass harmonicas.' }),
    });
    expect(corrected.status).toBe(200);
    expect(await say(socket, 'What do I sell?')).toMatch(/glass harmonicas/);

    expect((await mine(`/api/memories/${id}`, 'DELETE')).status).toBe(204);
    expect(await say(socket, 'What do I sell?')).not.toMatch(/zithers|harmonicas/);
    expect(await product()).toBeUndefined();

    const { conversations } = (await (await mine('/api/conversations')).json()) as ConversationList;
    expect((await mine(`/api/conversations/${conversations[0]!.id}`, 'DELETE')).status).toBe(204);
    await until('the page to show nothing of it', () => log.size === 0);
    await say(socket, 'How are you?');
    expect((await join()).snapshot.log.map(({ text }) => text).at(0)).toBe('How are you?');
    expect(((await (await mine('/api/conversations')).json()) as ConversationList).conversations).toEqual([]);
  }, 120_000);
});
