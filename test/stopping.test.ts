import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SIGNALING_VERSION } from '../protocol/signaling.ts';
import { connectSocket, request } from './harness/peer.ts';
import { ServerProcess } from './harness/server-process.ts';
import { until } from './harness/system.ts';

let dataDir: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-stopping-'));
});
afterEach(async () => {
  await server?.kill();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

it('[C1] a server that is stopped tells the people in its rooms so, not that something died', async () => {
  server = await ServerProcess.start(dataDir);
  const response = await fetch(`${server.url}/api/rooms/stopping/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann' }),
  });
  const { token } = (await response.json()) as { token: string };
  const socket = connectSocket(server.url);
  const told: string[] = [];
  socket.on('room.closed', ({ reason }: { reason: string }) => told.push(reason));
  await request(socket, 'join', { version: SIGNALING_VERSION, token });
  await server.kill('SIGTERM');
  await until('word of it', () => told.length > 0, 5000);
  socket.disconnect();
  expect(told).toEqual(['shutting-down']);
});
