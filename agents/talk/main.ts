/** `npm run talk -- …`: a conversation in the terminal, by the code of a call, without sound and picture. */
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { loadSettings } from '../../settings/load.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { ProviderError } from '../base/errors.ts';
import { openMinds } from './minds.ts';
import { Talk, type Told } from './talk.ts';

const USAGE = `npm run talk -- [--persona ID] [--name NAME] [--json]
  --persona ID  who answers; by default agent.defaultPersona
  --name NAME   what you are called
  --json        one line of JSON for everything that is said
A line is a turn. It ends when its input does.`;

/** Whoever gives no name is called so. */
const SOMEBODY = 'friend';

/** What the person has to put right; one line. */
class UsageError extends Error {}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        persona: { type: 'string' },
        name: { type: 'string', default: SOMEBODY },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.name.trim() === '') throw new UsageError('--name: a name has at least one letter');
    return values;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message.split('\n')[0]);
  }
}

async function main(): Promise<void> {
  const { persona: id, name, json, help } = readOptions();
  if (help) {
    console.log(USAGE);
    return;
  }
  const { agent: config } = loadSettings(process.env, 'agent');
  // Beside what is said, not in it.
  const minds = await openMinds(config, process.env, pino({ level: 'warn' }, pino.destination(2)));
  try {
    const wanted = id ?? config.defaultPersona;
    const first = minds.personas.get(wanted);
    if (first === undefined) {
      const known = minds.personas.values().map(each => each.id);
      throw new UsageError(`there is no persona ${wanted} in ${config.personas}: --persona ${known.join(' | ')}`);
    }
    const talk = new Talk(minds, {
      persona: first,
      name: name.trim(),
      // Not its message: endpoints repeat there what was said [P1].
      report: (what, error) => console.error(`${what}: ${error instanceof ProviderError ? error.category : error}`),
    });
    const show = (told: readonly Told[]) => {
      for (const { entry, feeling, persona } of told) {
        const { role, text, final } = entry;
        if (json)
          console.log(JSON.stringify({ role, text, final, persona, ...(feeling !== undefined && { feeling }) }));
        else if (role === 'avatar') console.log(text);
      }
    };
    try {
      show(await talk.greeted());
      for await (const line of inputLines()) show(await talk.say(line));
    } finally {
      await talk.close();
    }
  } finally {
    await minds.close();
  }
}

/** What is typed, without empty lines; in a terminal a mark shows whose turn it is. */
async function* inputLines(): AsyncGenerator<string> {
  const terminal = process.stdin.isTTY;
  const lines = readline.createInterface({ input: process.stdin, ...(terminal && { output: process.stderr }) });
  lines.once('SIGINT', () => lines.close());
  if (terminal) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') yield line.trim();
    if (terminal) lines.prompt();
  }
}

try {
  await main();
} catch (error) {
  const expected = [UsageError, OperatorError, ProviderError].some(kind => error instanceof kind);
  if (!expected) throw error;
  console.error((error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
