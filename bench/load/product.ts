import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ServerProcess } from '../../test/harness/server-process.ts';

/** Settings under which nothing but the machine is the limit. */
const ROOMY = {
  limits: {
    rooms: 1000,
    peoplePerRoom: 1000,
    sockets: 5000,
    tokensPerMinute: 100_000,
    requestsPerSecond: 1000,
    messagesPerSecond: 1000,
    httpPerMinute: 1_000_000,
    tokensPerRoomPerMinute: 100_000,
    connectionsPerMinute: 100_000,
    joinsPerTokenPerMinute: 10_000,
    requestsPerRoomPerSecond: 10_000,
    connectionsPerAddress: 5000,
    roomsPerAddress: 1000,
  },
  agent: { capacity: 1000 },
};

/** Runs the product as `npm start` does, with a data directory of its own, for as long as the work takes. */
export async function withProduct<T>(
  work: (server: ServerProcess) => Promise<T>,
  { env = {}, settings = {}, dataDir }: { env?: NodeJS.ProcessEnv; settings?: object; dataDir?: string } = {},
): Promise<T> {
  const folder = dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-load-'));
  const server = await ServerProcess.start(folder, {
    agents: 1,
    env: { VISAVIS_STANDBY_AGENTS: '1', ...env },
    settings: { ...ROOMY, ...settings },
  });
  try {
    return await work(server);
  } finally {
    await server.kill('SIGTERM');
    if (dataDir === undefined) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The benches' short form: part of `npm run bench -- all`. */
export const SHORT = process.env.VISAVIS_BENCH_SHORT === '1';

export const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
