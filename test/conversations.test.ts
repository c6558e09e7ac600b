import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomSnapshot } from '../protocol/signaling.ts';
import { SIGNALING_VERSION } from '../protocol/signaling.ts';
import { connectSocket, request } from './harness/peer.ts';
import { ServerProcess } from './harness/server-process.ts';
import { until } from './harness/system.ts';

const PERSON_KEY = 'a-secret-made-by-the-browser-0123';

describe('what is said in calls', () => {
  let server: ServerProcess;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-kept-'));
  const sockets: Socket[] = [];

  beforeAll(async () => {
    server = await ServerProcess.start(dataDir, { agents: 1 });
  }, 60_000);
  afterAll(async () => {
    for (const socket of sockets) socket.disconnect();
    await server?.kill('SIGTERM');
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  const invited = async (room: string, over: object = {}): Promise<string> => {
    const response = await fetch(`${server.url}/api/rooms/${room}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ann', ...over }),
    });
    return ((await response.json()) as { token: string }).token;
  };
  const enter = async (token: string): Promise<{ socket: Socket; snapshot: RoomSnapshot }> => {
    const socket = connectSocket(server.url);
    sockets.push(socket);
    const { snapshot } = await request(socket, 'join', { version: SIGNALING_VERSION, token });
    return { socket, snapshot };
  };
  const join = async (room: string, over: object = {}) => enter(await invited(room, over));
  const say = (socket: Socket, text: string) => request(socket, 'say', { text });
  const filesWith = (word: string) =>
    spawnSync('grep', ['-rl', '--binary-files=text', word, dataDir], { encoding: 'utf8' }).stdout.trim();

  it('is in the API and in every export when they have left, and gone from every file when they delete it', async () => {
    const { socket } = await join('told', { personKey: PERSON_KEY, remember: true });
    await say(socket, 'Hello, I am looking for a rhododendron.');
    await until('an answer', async () => {
      const [kept] = await server.conversations('told');
      return (
        kept?.messages.some(({ role, final, createdAt }) => role === 'avatar' && final && createdAt !== '') === true
      );
    });
    await request(socket, 'leave', {});
    await until('its end', async () => (await server.conversations('told'))[0]?.endedAt != null);
    const [kept] = await server.conversations('told');
    expect(kept).toMatchObject({ ending: 'left', participants: [{ name: 'Ann' }], personas: [{ name: 'Ollie' }] });

    const response = await fetch(`${server.url}/api/person/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ personKey: PERSON_KEY }),
    });
    const { token } = (await response.json()) as { token: string };
    for (const format of ['json', 'markdown', 'webvtt']) {
      const file = await server.ask(token, `/api/conversations/${kept!.id}/export?format=${format}`);
      expect(await file.text()).toContain('looking for a rhododendron');
    }
    expect(filesWith('rhododendron')).not.toBe('');
    expect((await server.ask(token, `/api/conversations/${kept!.id}`, 'DELETE')).status).toBe(204);
    expect(await server.conversations('told')).toEqual([]);
    expect(filesWith('rhododendron')).toBe('');
  });

  it('survives a kill in mid-conversation, which goes on when they come back', async () => {
    const token = await invited('killed');
    const { socket } = await enter(token);
    for (let i = 0; i < 5; i++) await say(socket, `Sentence number ${i}.`);
    await until('all of it to be on the disk', () => filesWith('Sentence number 4.') !== '');
    socket.disconnect();
    await server.kill('SIGKILL');

    server = await ServerProcess.start(dataDir);
    const [before] = await server.conversations('killed');
    const said = () => before!.messages.filter(({ role }) => role === 'user').map(({ text }) => text);
    expect(said()).toEqual([...Array(5).keys()].map(i => `Sentence number ${i}.`));
    expect(before!.messages.every(({ final }) => final)).toBe(true);

    // As a page does that is still open.
    const again = await enter(token);
    expect(again.snapshot.log.map(({ text }) => text)).toEqual(before!.messages.map(({ text }) => text));
    await say(again.socket, 'Where were we?');
    await until('the same conversation to go on', async () => {
      const all = await server.conversations('killed');
      return all.length === 1 && all[0]!.id === before!.id && all[0]!.messages.at(-1)?.text === 'Where were we?';
    });
  });

  it('[S1] is not shown to somebody else who comes into the room after a crash, whatever they are called', async () => {
    const { socket } = await join('private', { name: 'Ann' });
    await say(socket, 'For Ollie only.');
    await until('it to be on the disk', () => filesWith('For Ollie only.') !== '');
    socket.disconnect();
    await server.kill('SIGKILL');
    server = await ServerProcess.start(dataDir);
    for (const name of ['Ann', 'Eve']) expect((await join('private', { name })).snapshot.log).toEqual([]);
  });

  it('[C1] a second server on the same data directory is refused, and told why', async () => {
    const second = spawnSync(process.execPath, ['server/main.ts'], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, PORT: '0', VISAVIS_RTC_PORT: '0', VISAVIS_DATA_DIR: dataDir, VISAVIS_AGENTS: '0' },
    });
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(/uses the data directory .* already: stop it, or give this server/);
  });

  it('[P1] leaves no word of it in what operators are told', async () => {
    const { socket } = await join('logged');
    await say(socket, 'A word like hippopotamus.');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/visavis_store_written_total \d/);
    expect(metrics).not.toContain('hippopotamus');
    const token = execFileSync(process.execPath, ['server/token.ts', '--all'], {
      encoding: 'utf8',
      env: { ...process.env, VISAVIS_DATA_DIR: dataDir },
    }).trim();
    expect((await server.ask(token, '/api/conversations?query=hippopotamus')).status).toBe(200);
  });
});
