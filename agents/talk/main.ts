/** `npm run talk -- …`: a conversation in the terminal, by the code of a call, without sound and picture. */
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { LogEntry } from '../../protocol/conversation.ts';
import { loadSettings } from '../../settings/load.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { systemClock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import type { Persona } from '../think/ports.ts';
import { openMinds } from './minds.ts';
import { type Line, TextCall } from './text-call.ts';

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
    const history: LogEntry[] = [];
    /** Who is to take over. */
    let next: Persona | undefined;
    const open = (persona: Persona) => {
      const { dialogue, summariser, greeting } = minds;
      const call = new TextCall(name.trim(), {
        persona,
        dialogue,
        greeting,
        handover: to => {
          next = minds.personas.get(to);
        },
        history: [...history],
        ...(summariser !== undefined && { summariser }),
        clock: systemClock,
        // Not its message: endpoints repeat there what was said [P1].
        report: (what, error) => console.error(`${what}: ${error instanceof ProviderError ? error.category : error}`),
      });
      const show = (lines: readonly Line[]) => {
        for (const { entry, feeling } of lines) {
          history.push(entry);
          const { role, text, final } = entry;
          const told = { role, text, final, persona: persona.id, ...(feeling !== undefined && { feeling }) };
          if (json) console.log(JSON.stringify(told));
          else if (role === 'avatar') console.log(text);
        }
      };
      return { call, show };
    };
    let { call, show } = open(first);
    try {
      show(await call.greeted());
      for await (const line of inputLines()) {
        show(await call.say(line));
        if (next === undefined) continue;
        await call.close();
        ({ call, show } = open(next));
        next = undefined;
        show(await call.greeted());
      }
    } finally {
      await call.close();
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
