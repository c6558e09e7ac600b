/** `npm run rehearse -- …`: simulated callers hold conversations with personas, and what comes of them is judged. */
import fs from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { openMinds } from '../agents/talk/minds.ts';
import { loadSettings } from '../settings/load.ts';
import { OperatorError } from '../telemetry/operator-error.ts';
import { TypedCall } from './call/typed.ts';
import { modelOf } from './model/model.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { personaFor, rehearse } from './rehearse.ts';
import { junitOf } from './report/junit.ts';
import { count, type FileReport, type ScenarioReport } from './report/report.ts';
import { scenarioText, summaryText } from './report/text.ts';
import { readScenarios } from './scenario/read.ts';
import type { Spoken } from './spoken/open.ts';

const [PASSED, FAILED, IMPOSSIBLE] = [0, 1, 2];

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopped.abort(new OperatorError('it was broken off')));

async function main(options: Options): Promise<number> {
  const files = options.files
    .map(file => ({ file, scenarios: readScenarios(file).filter(({ name }) => name.includes(options.scenario)) }))
    .filter(({ scenarios }) => scenarios.length > 0);
  if (files.length === 0) throw new OperatorError(`no scenario has "${options.scenario}" in its name`);
  const { agent: config } = loadSettings(process.env, 'agent');
  // Beside the result, not in it.
  const minds = await openMinds(config, process.env, pino({ level: 'warn' }, pino.destination(2)));
  const { persona, times, seed } = options;
  const reports: FileReport[] = [];
  let spoken: Spoken | undefined;
  try {
    const who = {
      personaOf: (id: string) => minds.personas.get(id),
      defaultPersona: config.defaultPersona,
      ...(persona !== undefined && { persona }),
    };
    // Before minutes have gone into those before it.
    for (const { scenarios } of files) for (const scenario of scenarios) personaFor(scenario, who);
    if (options.spoken) {
      // What it is made of is not needed, and need not be there, for what is typed.
      const { openSpoken } = await import('./spoken/open.ts');
      spoken = await openSpoken(
        { ...options, models: config.models, personas: minds.personas.values() },
        stopped.signal,
      );
    }
    for (const { file, scenarios } of files) {
      console.log(file);
      const done: ScenarioReport[] = [];
      reports.push({ file, scenarios: done });
      for (const scenario of scenarios) {
        const report = await rehearse(scenario, {
          ...who,
          seed,
          ...(times !== undefined && { times }),
          typed: async call => {
            // Scripts choose among their answers by it: the seed decides that, too.
            Math.random = call.random;
            return new TypedCall(minds, call);
          },
          ...(spoken !== undefined && { spoken: spoken.open }),
          ...(minds.model !== undefined && { model: modelOf(minds.model) }),
          signal: stopped.signal,
        });
        done.push(report);
        console.log(scenarioText(report));
      }
    }
  } finally {
    await Promise.all([spoken?.close(), minds.close()]);
  }
  write(options.junit, junitOf(reports));
  write(options.json, `${JSON.stringify({ files: reports }, null, 2)}\n`);
  console.log(`\n${summaryText(reports)}`);
  return count(reports, 'failed') > 0 ? FAILED : PASSED;
}

function write(file: string | undefined, text: string): void {
  if (file === undefined) return;
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, text);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else process.exitCode = await main(options);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  console.error(error.message);
  process.exitCode = IMPOSSIBLE;
}
