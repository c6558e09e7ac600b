import { pino } from 'pino';
import { redactor, secretsOf } from '../protocol/redaction.ts';
import { loadSettings } from '../settings/load.ts';
import { EX_CONFIG, OperatorError } from '../telemetry/operator-error.ts';
import { ProviderError } from './base/errors.ts';
import { readEnvironment } from './environment.ts';
import { AgentHost } from './host.ts';
import { createParts } from './parts.ts';

const DRAIN_MS = 4000;
const PARENT_CHECK_MS = 2000;

/** Settings that cannot work: told in one sentence, without a stack. */
const isExpected = (error: unknown) => error instanceof OperatorError || error instanceof ProviderError;

async function main(): Promise<void> {
  // Nobody else on this machine reads what people have said.
  process.umask(0o077);
  const environment = readEnvironment(process.env);
  const log = pino({
    level: environment.logLevel,
    base: { part: 'agent', pid: process.pid },
    hooks: { streamWrite: redactor(secretsOf(process.env)) },
  });
  const parts = await createParts(loadSettings(process.env, 'agent').agent, environment, log);
  const host = new AgentHost(parts, log);

  let stopping = false;
  const stop = async (drainMs: number) => {
    if (stopping) return;
    stopping = true;
    await host.drain(drainMs);
    await host.close();
    await parts.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop(DRAIN_MS));
  process.on('SIGINT', () => void stop(0));
  const { parentPid } = environment;
  if (parentPid !== undefined)
    setInterval(() => {
      // A server that was killed could not say so.
      if (process.ppid !== parentPid) void stop(0);
    }, PARENT_CHECK_MS).unref();
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `The agent host cannot start: ${isExpected(error) ? (error as Error).message : (error as Error).stack}\n`,
  );
  process.exit(isExpected(error) ? EX_CONFIG : 1);
}
