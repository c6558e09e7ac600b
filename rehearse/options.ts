import { parseArgs } from 'node:util';
import { OperatorError } from '../telemetry/operator-error.ts';

export const USAGE = `npm run rehearse -- FILE… [--times N] [--scenario TEXT] [--spoken] [--junit FILE] [--json FILE]
                            [--persona ID] [--seed N] [--server URL]
  FILE…            scenarios, e.g. scenarios/*.yaml (docs/rehearsing.md)
  --times N        each scenario so often, whatever it says itself
  --scenario TEXT  only those whose name has this in it
  --spoken         really spoken over WebRTC, with the product started for it; otherwise typed
  --server URL     spoken, with a product that runs there and lets guests in
  --persona ID     with this persona, whatever the scenarios say
  --seed N         of what is left to chance; a failure says which repeats it
  --junit FILE     the result for CI servers
  --json FILE      the result as data, with all that was said and measured
It ends with 0 where everything passed, 1 where something failed, 2 where it could not be rehearsed.`;

export interface Options {
  files: string[];
  times?: number;
  scenario: string;
  spoken: boolean;
  server?: string;
  persona?: string;
  seed: number;
  junit?: string;
  json?: string;
  help: boolean;
}

/** What the person has to put right on the command line; one line. */
export class UsageError extends OperatorError {
  override name = 'UsageError';
}

/** Reads the command line. Throws {@link UsageError}. */
export function readOptions(args: string[]): Options {
  const { values, positionals: files } = parsed(args);
  const { server, help } = values;
  if (!help && files.length === 0) throw new UsageError('which scenarios? e.g. npm run rehearse -- scenarios/*.yaml');
  if (server !== undefined && !(URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)))
    throw new UsageError(`--server ${server}: an address such as http://127.0.0.1:3000`);
  const times = whole('--times', values.times, 1);
  return {
    ...values,
    files,
    ...(server !== undefined && { server: new URL(server).origin }),
    spoken: values.spoken || server !== undefined,
    times,
    seed: whole('--seed', values.seed, 0) ?? 1,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        times: { type: 'string' },
        scenario: { type: 'string', default: '' },
        spoken: { type: 'boolean', default: false },
        server: { type: 'string' },
        persona: { type: 'string' },
        seed: { type: 'string' },
        junit: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0]);
  }
}

function whole(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new UsageError(`${option} ${text}: a whole number from ${least} on`);
  return value;
}
