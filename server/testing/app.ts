/** The HTTP application on a real database, without media, for tests. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Settings } from '../../settings/settings.ts';
import { createApp } from '../api/app.ts';
import { Routes } from '../api/declared/routes.ts';
import { Tokens } from '../auth/tokens.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import { Conversations } from '../conversations/conversations.ts';
import { Files } from '../files/files.ts';
import { Dispatcher } from '../hosts/dispatcher.ts';
import { RoomTexts } from '../limits/text.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { Portraits } from '../portraits/portraits.ts';
import { Ratings } from '../ratings/ratings.ts';
import { together } from '../rooms/listeners.ts';
import { Rooms } from '../rooms/registry.ts';
import { OwnVoices } from '../voices/own-voices.ts';
import { FakeEngine, gatesOf, silentLog } from './fakes.ts';

export const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };

export interface TestApp {
  app: FastifyInstance;
  dataDir: string;
  tokens: Tokens;
  rooms: Rooms;
  dispatcher: Dispatcher;
  engine: FakeEngine;
  portraits: Portraits;
  ownVoices: OwnVoices;
  conversations: Conversations | undefined;
  /** `GET /api/personas` … */
  routes: string[];
  /** The server goes down. */
  draining: boolean;
  close(): Promise<void>;
}

export async function testApp(
  overrides: Record<string, unknown> = {},
  { log = silentLog, keep = false }: { log?: Logger; keep?: boolean } = {},
): Promise<TestApp> {
  const dataDir = (overrides.dataDir as string) ?? fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-app-'));
  const config = Settings.parse({ dataDir, ...overrides });
  const metrics = createMetrics();
  const conversations = config.conversations.enabled ? await Conversations.open({ config, metrics, log }) : undefined;
  const portraits = new Portraits(config, log);
  const dispatcher = new Dispatcher(log, metrics, conversations?.memory, portraits.voiceOf);
  const ownVoices = new OwnVoices({
    dispatcher,
    store: portraits.store,
    ledger: conversations?.voices,
    metrics: metrics.ownVoices,
    log,
  });
  const engine = new FakeEngine();
  const ratings = new Ratings({
    conversationIn: room => conversations?.scribe.conversationIn(room),
    rated: rated => {
      metrics.ratings.inc({ persona: rated.persona, stars: rated.stars });
      conversations?.rated(rated);
    },
  });
  const files = new Files(new FolderBlobs(path.join(dataDir, 'files')), config.files);
  const gates = gatesOf(metrics);
  const rooms = new Rooms({
    engine,
    graceMs: 0,
    maxRooms: 50,
    maxPeople: 5,
    showEarlier: config.rooms.showEarlier,
    textOf: new RoomTexts(config.limits.textBytesPerRoomPerDay, gates).of,
    listener: together(
      ratings.listener,
      files.listener,
      conversations?.listener ?? {},
      dispatcher.listener,
      metrics.listener,
    ),
  });
  conversations?.serve({ rooms, agents: dispatcher });
  const tokens = new Tokens(KEYS, 3600_000);
  const routes: string[] = [];
  const app = await createApp(config, undefined, log, {
    rooms,
    tokens,
    engine,
    dispatcher,
    metrics,
    gates,
    portraits,
    ownVoices,
    ratings,
    files,
    conversations,
    connections: () => 7,
    draining: () => system.draining,
    routes: new Routes(),
    onRoute: route => void routes.push(route),
  });
  await app.ready();
  const system: TestApp = {
    app,
    dataDir,
    tokens,
    rooms,
    dispatcher,
    engine,
    draining: false,
    portraits,
    ownVoices,
    conversations,
    routes: routes.filter(route => !route.startsWith('HEAD ')),
    async close() {
      rooms.close();
      dispatcher.close();
      await Promise.all([portraits.close(), ownVoices.close()]);
      await app.close();
      await conversations?.close();
      if (!keep) fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return system;
}

/** The same without a database: what is said is not kept. */
export const appKeepingNothing = (overrides: Record<string, unknown> = {}) =>
  testApp({ conversations: { enabled: false }, ...overrides });
