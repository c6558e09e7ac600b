/** `npm run vendors -- list | check NAME`: what vendors make, and one short exchange with one of them. */
import { loadSettings } from '../../settings/load.ts';
import { EX_CONFIG, OperatorError } from '../../telemetry/operator-error.ts';
import { systemClock } from '../base/clock.ts';
import { Flite } from '../providers/flite/flite.ts';
import { registry } from '../providers/registry.ts';
import { NEUTRAL_PROSODY } from '../speak/ports.ts';
import { loadPersonas } from '../think/personas.ts';
import { checkVendor } from './check.ts';

const USAGE = `npm run vendors -- list | check NAME
  list        what each vendor makes, and which of its keys are set
  check NAME  one short exchange with each stage that it makes, as the settings say, else by its defaults; it is paid for`;
/** For each stage. */
const STAGE_MS = 60_000;
const SAID = 'Do you like to swim in the sea?';

try {
  const [what, name] = process.argv.slice(2);
  if (what === 'list') list();
  else if (what === 'check' && name !== undefined) process.exitCode = (await check(name)) ? 0 : 1;
  else throw new OperatorError(USAGE);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
}

function list(): void {
  for (const { name, makes, variables } of registry.all) {
    const keys = variables.map(variable => `${variable}${process.env[variable] ? ' (set)' : ''}`).join(', ');
    console.log(`${name.padEnd(16)} ${Object.keys(makes).join(', ')}${keys === '' ? '' : `; ${keys}`}`);
  }
}

/** False where a stage failed, or none could be tried. */
async function check(name: string): Promise<boolean> {
  if (registry.get(name) === undefined)
    throw new OperatorError(`there is no vendor ${name}; there are ${registry.all.map(each => each.name).join(', ')}`);
  const { agent } = loadSettings(process.env, 'agent');
  const persona = loadPersonas(agent.personas).get(agent.defaultPersona);
  if (persona === undefined) throw new OperatorError(`there is no persona ${agent.defaultPersona}`);
  const { dialogue, speech, recognition, duplex, embeddings } = agent;
  const stages = checkVendor(name, {
    registry,
    env: process.env,
    models: agent.models,
    clock: systemClock,
    persona,
    saying: await saying(),
    signal: AbortSignal.timeout(5 * STAGE_MS),
    entries: { dialogue, speech, recognition, duplex, embedding: embeddings },
  });
  let [tried, failed] = [0, 0];
  for await (const { kind, model, outcome, told } of stages) {
    if (outcome !== 'skipped') tried++;
    if (outcome === 'failed') failed++;
    console.log(`${kind.padEnd(12)} ${model.padEnd(28)} ${outcome.padEnd(8)} ${told}`);
  }
  return tried > 0 && failed === 0;
}

async function saying(): Promise<Int16Array> {
  const flite = new Flite();
  try {
    const signal = new AbortController().signal;
    for await (const { pcm } of flite.speak(SAID, { voice: 'rms', prosody: NEUTRAL_PROSODY, signal })) return pcm;
    throw new Error('the voice said nothing');
  } finally {
    await flite.close();
  }
}
