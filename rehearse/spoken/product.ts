import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureModels } from '../../infra/setup/models.mjs';
import { SetupError, step } from '../../infra/setup/step.mjs';
import { ensureWorker } from '../../infra/setup/worker.mjs';
import { readSettingsFile } from '../../settings/file.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { ServerProcess } from '../../test/harness/server-process.ts';

const START_MS = 120_000;
/** Variables of the server's: where it listens, whom it lets in and where it keeps things is not what is rehearsed. */
const NOT_OURS = [
  'NODE_ENV',
  'DATABASE_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'VISAVIS_ENV',
  'VISAVIS_HOST',
  'VISAVIS_HTTPS',
  'VISAVIS_HTTPS_CERT',
  'VISAVIS_HTTPS_KEY',
  'VISAVIS_API_KEY',
  'VISAVIS_API_SECRET',
  'VISAVIS_OPEN_ROOMS',
  'VISAVIS_MEDIA_IP',
  'VISAVIS_ANNOUNCED_ADDRESS',
  'VISAVIS_ICE_SERVERS',
  'VISAVIS_HOST_SECRET',
  'VISAVIS_AGENTS_HOST',
  'VISAVIS_AGENTS_PORT',
  'VISAVIS_AGENTS_MEDIA_IP',
];
/** One caller after the other, as fast as they like. */
const ROOMY = {
  tokensPerMinute: 10_000,
  tokensPerRoomPerMinute: 10_000,
  connectionsPerMinute: 10_000,
  roomsPerAddress: 1000,
  requestsPerSecond: 1000,
};

export interface Product {
  url: string;
  close(): Promise<void>;
}

/**
 * Sets up what a call needs, and runs the product with the agent's settings for as long as it is rehearsed: on a port of
 * its own, in a folder that is removed behind it. Nobody is told of a danger that is played. Throws an OperatorError.
 */
export async function startProduct(signal: AbortSignal): Promise<Product> {
  try {
    await step('media worker', ensureWorker);
    await step('models', ensureModels);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new OperatorError(`the set-up cannot go on: ${error.message}`);
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-rehearsal-'));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  const late = AbortSignal.timeout(START_MS);
  try {
    const server = await ServerProcess.start(folder, {
      agents: 1,
      env: Object.fromEntries(NOT_OURS.map(name => [name, ''])),
      settings: settingsOf(process.env),
      signal: AbortSignal.any([signal, late]),
    });
    return {
      url: server.url,
      close: async () => {
        await server.kill('SIGTERM');
        remove();
      },
    };
  } catch (error) {
    remove();
    signal.throwIfAborted();
    const why = late.aborted ? `not within ${START_MS / 1000} s` : (error as Error).message;
    throw new OperatorError(`the product does not start (${why}): npm start says more`);
  }
}

/** The file's agent section, without what reaches other people or stays. */
function settingsOf(env: NodeJS.ProcessEnv): object {
  const { agent = {} } = readSettingsFile(env, process.cwd()).values as { agent?: Record<string, unknown> };
  const { webhook: _, ...safety } = (agent.safety ?? {}) as Record<string, unknown>;
  return {
    agent: { ...agent, safety, recordings: { enabled: false } },
    conversations: { enabled: false },
    limits: ROOMY,
    graceMs: 1000,
  };
}
