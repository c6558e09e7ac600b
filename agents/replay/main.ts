/** `npm run replay -- …`: holds a recorded conversation once more, with these settings or others, and compares. */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { loadSettings } from '../../settings/load.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { ProviderError } from '../base/errors.ts';
import { readEnvironment } from '../environment.ts';
import { type AgentParts, createParts } from '../parts.ts';
import { readRecording } from '../tape/read.ts';
import { compare } from './compare.ts';
import { recordedOutcome, replay } from './replay.ts';
import { ReplayClock } from './replay-clock.ts';
import { tableText } from './table.ts';
import { virtualAsr, virtualEndOfTurn } from './virtual-parts.ts';

const USAGE = `npm run replay -- FOLDER [--config FILE] [--persona ID] [--json]
  FOLDER          a recording: dataDir/recordings/CONVERSATION
  --config FILE   other settings than visavis.config.yaml
  --persona ID    another persona than the recorded one
  --json          as data`;

/** The models take a second or two. */
const LOAD_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    persona: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Resolves when the models are loaded; throws ProviderError when they cannot be. */
async function loaded(readiness: AgentParts['readiness']): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = () => {
    if (readiness.ready) resolve();
  };
  const timer = setTimeout(
    () => reject(new ProviderError('internal', 'the speech recognition cannot be started', { retryable: false })),
    LOAD_MS,
  );
  readiness.onChange(check);
  check();
  await promise.finally(() => clearTimeout(timer));
}

async function main(folder: string): Promise<void> {
  const recorded = readRecording(folder);
  if (values.config !== undefined && !fs.existsSync(values.config)) fail(`there is no file ${values.config}`);
  const { agent: config } = loadSettings(
    { ...process.env, ...(values.config !== undefined && { VISAVIS_CONFIG: values.config }) },
    'agent',
  );
  const { startedUnixMs, persona: recordedPersona } = recorded.manifest;
  const clock = new ReplayClock(startedUnixMs);
  const parts = await createParts(
    // What was worked out before would be no measure of how long it takes. A replay records nothing, nor sweeps.
    { ...config, cache: { ...config.cache, enabled: false }, recordings: { ...config.recordings, retentionDays: 0 } },
    // It connects to no server.
    readEnvironment({ ...process.env, VISAVIS_SERVER_URL: 'none', VISAVIS_HOST_SECRET: 'none' }),
    // Beside the result, not in it.
    pino({ level: 'warn' }, pino.destination(2)),
    { clock, tools: false, asr: inner => virtualAsr(inner, clock) },
  );
  try {
    const id = values.persona ?? recordedPersona;
    const persona =
      parts.personas.get(id) ?? fail(`there is no persona ${id} in ${config.personas}: name one with --persona`);
    await loaded(parts.readiness);
    const outcome = await replay(
      recorded,
      {
        vad: parts.vad,
        recognizer: parts.recognizer,
        ...(parts.endOfTurn !== undefined && { endOfTurn: virtualEndOfTurn(parts.endOfTurn, clock) }),
        endpointing: parts.endpointing,
        tts: parts.tts,
        dialogue: parts.dialogue,
        ...(parts.summariser !== undefined && { summariser: parts.summariser }),
        persona,
      },
      clock,
      (what, error) => console.error(`${what}: ${error instanceof ProviderError ? error.category : String(error)}`),
    );
    const comparison = compare(recordedOutcome(recorded), outcome);
    console.log(values.json ? JSON.stringify(comparison, null, 2) : tableText(comparison));
  } finally {
    await parts.close();
  }
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  console.error(USAGE);
  process.exit(2);
}
try {
  await main(folder);
} catch (error) {
  const expected = [OperatorError, ProviderError].some(kind => error instanceof kind);
  if (expected) fail((error as Error).message);
  throw error;
}
