/** `npm run avatar-worker`: our faces for other people's LiveKit agents (docs/livekit.md). */
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { redactor, secretsOf } from '../../protocol/redaction.ts';
import { loadSettings } from '../../settings/load.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { Avatars } from '../avatars.ts';
import { MediaPool } from '../media/conversation-media.ts';
import { AvatarWorker } from './server.ts';

/** Where LiveKit's own examples look for one. */
const PORT = 8089;
const FRAME_RATE = 25;
const FACES_PER_CORE = 6;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

async function main(): Promise<void> {
  const { AVATAR_WORKER_HOST: host = '127.0.0.1', AVATAR_WORKER_SECRET: secret, AVATAR_WORKER_PORT } = process.env;
  const { AVATAR_WORKER_AVATAR: usual = 'ollie' } = process.env;
  const log = pino({ base: { part: 'avatar-worker' }, hooks: { streamWrite: redactor(secretsOf(process.env)) } });
  if (!LOOPBACK.includes(host) && (secret === undefined || secret.length < 16))
    throw new OperatorError('to be reached from elsewhere it needs AVATAR_WORKER_SECRET, 16 characters or more');
  const { agent } = loadSettings(process.env, 'agent');
  const avatars = new Avatars(agent);
  const rig = avatars.folder(usual);
  if (rig === undefined) throw new OperatorError(`there is no avatar ${usual} in ${path.resolve(agent.avatars)}`);
  const pool = new MediaPool({ listenIp: '127.0.0.1', face: { rig, frameRate: FRAME_RATE, ...agent.face } });
  await pool.ready;
  const worker = await AvatarWorker.open({
    host,
    port: Number(AVATAR_WORKER_PORT ?? PORT),
    ...(secret !== undefined && { secret }),
    capacity: agent.capacity === 0 ? os.availableParallelism() * FACES_PER_CORE : agent.capacity,
    avatars,
    usual: rig,
    pool,
    log,
  });
  log.info({ host, port: worker.port }, 'faces are lent to LiveKit agents: POST /launch {url, token}');
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await worker.close();
    await pool.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
}

try {
  await main();
} catch (error) {
  const told = error instanceof OperatorError ? error.message : (error as Error).stack;
  process.stderr.write(`The avatar worker cannot start: ${told}\n`);
  process.exit(1);
}
