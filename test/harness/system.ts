import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Logger, pino } from 'pino';
import { type RunningServer, startServer } from '../../server/server.ts';
import { Settings } from '../../settings/settings.ts';

export interface System extends RunningServer {
  dataDir: string;
  /** Resolves when a call could be held. */
  ready(): Promise<void>;
}

const READY_MS = 60_000;

/** Resolves when `check` is true; rejects, naming what was waited for. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await check()) return;
    await new Promise(resolve => setTimeout(resolve, 40));
  }
  throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
}

/** The whole product on free ports of this machine, agent host included. */
export async function startSystem(
  overrides: Record<string, unknown> = {},
  log: Logger = pino({ level: process.env.VISAVIS_TEST_LOG ?? 'silent' }),
): Promise<System> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-'));
  const media = { rtcPort: 0, ...(overrides.media as object | undefined) };
  const agents = { standby: 0, ...(overrides.agents as object | undefined) };
  const config = Settings.parse({ port: 0, dataDir, graceMs: 3000, ...overrides, agents, media });
  // Agent hosts read their section from the file that the environment names.
  const file = path.join(dataDir, 'config.yaml');
  fs.writeFileSync(file, JSON.stringify({ agent: overrides.agent ?? {} }));
  process.env.VISAVIS_CONFIG = file;
  process.env.VISAVIS_LOG_LEVEL = process.env.VISAVIS_TEST_LOG ?? 'silent';
  const server = await startServer(config, log);
  return {
    ...server,
    dataDir,
    ready: () => until('the server to be healthy', server.isReady, READY_MS),
    async close() {
      await server.close();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
