import { pino } from 'pino';
import { redactor, secretsOf } from '../protocol/redaction.ts';
import type { Settings } from '../settings/settings.ts';
import { OperatorError } from '../telemetry/operator-error.ts';
import { loadConfig } from './config/load.ts';
import { keepPrivate } from './config/private.ts';
import { type RunningServer, startServer } from './server.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

const secretsIn = ({ auth, agents, metricsToken, media, livekit }: Settings) => [
  auth.apiSecret,
  livekit.apiSecret,
  agents.hostSecret,
  metricsToken,
  ...media.iceServers.map(({ credential }) => credential),
];

function fail(error: unknown): never {
  process.stderr.write(
    `\nVisavis cannot start: ${error instanceof OperatorError ? error.message : ((error as Error).stack ?? String(error))}\n\n`,
  );
  process.exit(1);
}

async function main(): Promise<void> {
  // Agent hosts are told by their environment.
  if (process.argv.includes('--no-cache')) process.env.VISAVIS_NO_CACHE = '1';
  const config = loadConfig(process.env);
  keepPrivate(config.dataDir);
  const log = pino({
    level: config.logLevel,
    base: { part: 'server' },
    hooks: { streamWrite: redactor([...secretsOf(process.env), ...secretsIn(config)]) },
  });
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = (status: number) => {
    if (stopping) return;
    stopping = true;
    void (server?.close() ?? Promise.resolve()).finally(() => process.exit(status));
  };
  // Before the media engine: it has handlers of its own, which end its workers, and people would be told that they died.
  process.on('SIGINT', () => stop(0));
  process.on('SIGTERM', () => stop(0));
  server = await startServer(config, log, () => stop(1));

  say(`\n  Visavis is ready: ${server.url}\n`);
  if (config.https.selfSigned)
    say(
      '  HTTPS with a certificate made here: browsers warn once. A certificate of your own: VISAVIS_HTTPS_CERT and VISAVIS_HTTPS_KEY.\n  Behind a proxy that speaks HTTPS: VISAVIS_TRUST_PROXY=1 (or VISAVIS_HTTPS=0).\n',
    );
  if (server.developmentKey)
    say(
      '  DEVELOPMENT KEY IN USE: join tokens are signed with a key made for this machine, and only this machine can connect.\n  Set VISAVIS_API_KEY and VISAVIS_API_SECRET before you let anybody else in.\n',
    );
}

process.on('unhandledRejection', fail);
await main().catch(fail);
