/** How fast what is said gets into the database, and what is lost when the server is killed in mid-conversation. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Socket } from 'socket.io-client';
import { SIGNALING_VERSION } from '../protocol/signaling.ts';
import { Journal } from '../server/conversations/journal.ts';
import { Writer } from '../server/conversations/writer.ts';
import { createMetrics } from '../server/metrics/metrics.ts';
import { Database } from '../server/store/database.ts';
import { HAS_POSTGRES, TestPostgres } from '../server/testing/postgres.ts';
import { ServerProcess } from '../test/harness/server-process.ts';
import { connectSocket, request } from '../test/harness/socket.ts';
import { SHORT } from './load/product.ts';

const WARM_UP = 500;
const MESSAGES = SHORT ? 3000 : 10_000;
const KILLS = SHORT ? 2 : 20;
const SAY_EVERY_MS = 100;
/** What was said less than that before the kill may be lost. */
const MAY_BE_LOST_MS = 1000;

export interface StoreFigures {
  messagesPerSecondPglite: number;
  /** Null where there is no PostgreSQL to try. */
  messagesPerSecondPostgres: number | null;
  /** Messages said more than a second before one of 20 kills that are not there afterwards. */
  lostAfterKills: number;
}

export async function storeFigures(kills = KILLS): Promise<StoreFigures> {
  return {
    messagesPerSecondPglite: await messagesPerSecond(),
    messagesPerSecondPostgres: HAS_POSTGRES ? await onPostgres() : null,
    lostAfterKills: await lostAfter(kills),
  };
}

async function onPostgres(): Promise<number> {
  const postgres = await TestPostgres.start();
  try {
    return await messagesPerSecond(await postgres.database());
  } finally {
    await postgres.close();
  }
}

/** By the way that calls take: through the journal on the disk, in batches, in order. */
async function messagesPerSecond(url?: string): Promise<number> {
  const folder = temporary();
  const log = pino({ level: 'silent' });
  let poke = () => {};
  const journal = await Journal.open(path.join(folder, 'journal'), {
    maxBytes: 1024 ** 3,
    log,
    onChange: () => poke(),
  });
  const database = new Database({ dataDir: folder, url });
  await database.ready();
  const writer = new Writer({ journal, database, metrics: createMetrics().store, log });
  poke = () => writer.poke();
  writer.start();
  try {
    await store(journal, writer, WARM_UP);
    return Math.round(await store(journal, writer, MESSAGES));
  } finally {
    await writer.close();
    await journal.close();
    await database.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function store(journal: Journal, writer: Writer, count: number): Promise<number> {
  const conversation = randomUUID();
  journal.append({ type: 'begin', conversation, room: 'bench', atMs: Date.now() });
  const sinceMs = performance.now();
  for (let i = 0; i < count; i++)
    journal.append({
      type: 'say',
      conversation,
      atMs: Date.now(),
      entry: {
        id: `m${i}`,
        turnId: `m${i}`,
        speaker: 'ann',
        speakerName: 'Ann',
        role: 'user',
        source: 'voice',
        text: `This is sentence number ${i} of a long conversation about the sea and its animals.`,
        final: true,
        atMs: Date.now(),
      },
    });
  await writer.drained(600_000);
  return count / ((performance.now() - sinceMs) / 1000);
}

/** The real server, killed again and again while somebody writes. */
async function lostAfter(kills: number): Promise<number> {
  const folder = temporary();
  const said: { room: string; text: string }[] = [];
  for (let round = 0; round < kills; round++) {
    const server = await ServerProcess.start(folder);
    const room = `round-${round}`;
    const socket = await joined(server, room);
    const entries: { text: string; atMs: number }[] = [];
    const lastsMs = MAY_BE_LOST_MS + 400 + 97 * (round % 10);
    const endMs = performance.now() + lastsMs;
    while (performance.now() < endMs) {
      const text = `word ${entries.length} of round ${round}`;
      entries.push({ text, atMs: performance.now() });
      await request(socket, 'say', { text });
      await sleep(SAY_EVERY_MS);
    }
    const killedMs = performance.now();
    await server.kill('SIGKILL');
    socket.disconnect();
    for (const { text, atMs } of entries) if (killedMs - atMs > MAY_BE_LOST_MS) said.push({ room, text });
  }
  const server = await ServerProcess.start(folder);
  let lost = 0;
  for (let round = 0; round < kills; round++) {
    const kept = new Set(
      (await server.conversations(`round-${round}`)).flatMap(({ messages }) => messages.map(({ text }) => text)),
    );
    lost += said.filter(({ room, text }) => room === `round-${round}` && !kept.has(text)).length;
  }
  await server.kill('SIGTERM');
  fs.rmSync(folder, { recursive: true, force: true });
  console.log(`${kills} kills: ${lost} of ${said.length} messages lost`);
  return lost;
}

async function joined(server: ServerProcess, room: string): Promise<Socket> {
  const response = await fetch(`${server.url}/api/rooms/${room}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann' }),
  });
  const { token } = (await response.json()) as { token: string };
  const socket = connectSocket(server.url);
  await request(socket, 'join', { version: SIGNALING_VERSION, token });
  return socket;
}

const temporary = () => fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-bench-'));
