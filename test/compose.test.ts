import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPOSE, environmentOf, GIVEN } from '../infra/docker/compose.ts';
import { freePort, HAS_POSTGRES, TestPostgres } from '../server/testing/postgres.ts';
import { until } from './harness/system.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Nobody: they may read the project, which is the image's read-only root, and write nothing of it. */
const USER = { uid: 65_534, gid: 65_534 };

/** Whether somebody else may run the project as it lies here, and may write nothing of it. */
const MAY_BE_NOBODY =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['-e', `process.exit(require("fs").existsSync('${ROOT}/server/main.ts') ? 0 : 1)`], USER)
    .status === 0;

describe.skipIf(!HAS_POSTGRES || !MAY_BE_NOBODY)('the server as Compose starts it (PostgreSQL, unprivileged)', () => {
  let postgres: TestPostgres;
  let server: ChildProcess;
  let data: string;
  let env: NodeJS.ProcessEnv;
  let log = '';
  let url: string;

  beforeAll(async () => {
    postgres = await TestPostgres.start();
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}`;
    data = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-compose-'));
    fs.chownSync(data, USER.uid, USER.gid);
    env = {
      PATH: process.env.PATH,
      ...environmentOf('visavis'),
      // What is elsewhere on this machine than in the containers.
      DATABASE_URL: await postgres.database(),
      VISAVIS_DATA_DIR: data,
      VISAVIS_RTC_PORT: '0',
      VISAVIS_ANNOUNCED_ADDRESS: '127.0.0.1',
      PORT: port,
    };
    server = spawn(process.execPath, ['server/main.ts'], {
      ...USER,
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.stdout!, server.stderr!]) stream.on('data', (text: Buffer) => (log += text));
    await until('the container’s health check to pass', () => healthCheck() === 0, 60_000).catch(error => {
      throw new Error(`${(error as Error).message}\n${log}`);
    });
  });
  afterAll(async () => {
    if (server?.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await postgres?.close();
    fs.rmSync(data, { recursive: true, force: true });
  });

  const healthCheck = () =>
    spawnSync(process.execPath, ['infra/docker/health.ts'], { ...USER, cwd: ROOT, env, timeout: 10_000 }).status;

  it('holds calls, and its health check says so', async () => {
    expect(healthCheck()).toBe(0);
    expect(
      spawnSync(process.execPath, ['infra/docker/health.ts'], { cwd: ROOT, env: { ...env, PORT: '1' } }).status,
    ).toBe(1);
    const token = await fetch(`${url}/api/rooms/red/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Ann"}',
    });
    expect(token.status).toBe(200);
  });

  it('is scraped by who comes through a proxy with the token, and by nobody else', async () => {
    const scrape = (headers: Record<string, string>) =>
      fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '10.0.0.1', ...headers } });
    expect((await scrape({})).status).toBe(403);
    const answer = await scrape({ authorization: `Bearer ${GIVEN.VISAVIS_METRICS_TOKEN}` });
    expect(await answer.text()).toContain('visavis_agent_hosts{ready="true"} 1');
  });

  it('wrote into its volume only, and no secret into its log', () => {
    expect(COMPOSE.services.visavis).toMatchObject({ read_only: true, volumes: ['data:/data'] });
    expect(fs.readdirSync(data).length).toBeGreaterThan(0);
    expect(log).not.toContain(GIVEN.VISAVIS_API_SECRET);
  });

  it('ends within its grace period when it is told to', async () => {
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
  });
});
