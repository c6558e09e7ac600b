import fs from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { type Scenario, ScenarioFile, type Sound } from './schema.ts';

const MOST_BYTES = 256 * 1024;
/** More than anybody writes would make a small file a huge one. */
const MOST_ALIASES = 100;
/** Of what is wrong so much is told at once. */
const MOST_PROBLEMS = 10;

/** What nobody has said otherwise. */
const USUAL = { callerName: 'Maria', times: 1, pass: 1, sound: {} } as const;

/** A scenario file is wrong; each line of the message names the file, the line and the key. */
export class ScenarioError extends OperatorError {
  override name = 'ScenarioError';
}

/** A scenario, with what its file says for all of its own. */
export interface ReadScenario extends Omit<Scenario, 'persona' | 'callerName' | 'times' | 'pass' | 'sound'> {
  /** Absent: whoever answers by the settings. */
  persona: string | undefined;
  callerName: string;
  times: number;
  /** 0..1 */
  pass: number;
  sound: Sound;
  /** Where the file says something of it: `scenarios/sarah.yaml:4: persona`. */
  place(...keys: (string | number)[]): string;
}

/** Reads a scenario file. Throws {@link ScenarioError}. */
export function readScenarios(file: string): ReadScenario[] {
  const { values, place } = readYaml(file);
  const result = ScenarioFile.safeParse(values);
  if (!result.success) {
    const problems = result.error.issues.flatMap(issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(
            key => `${place([...issue.path, key])}: there is no such key here (docs/rehearsing.md has all)`,
          )
        : [`${place(issue.path)}: ${issue.message}`],
    );
    const more = problems.length - MOST_PROBLEMS;
    throw new ScenarioError(
      [...problems.slice(0, MOST_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    );
  }
  const { scenarios, ...common } = result.data;
  const names = scenarios.map(({ name }) => name);
  return scenarios.map((scenario, i) => {
    if (names.indexOf(scenario.name) !== i)
      throw new ScenarioError(
        `${place(['scenarios', i, 'name'])}: there is a scenario of this name before: name it otherwise`,
      );
    return {
      ...USUAL,
      ...common,
      ...scenario,
      persona: scenario.persona ?? common.persona,
      place: (...keys) => place(['scenarios', i, ...keys]),
    };
  });
}

function readYaml(file: string): { values: unknown; place(keys: readonly PropertyKey[]): string } {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines });
  const line = (offset = 0) => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined)
    throw new ScenarioError(`${file}:${line(error.pos[0])}: ${error.message.split(/ at line \d/)[0]}`);
  return {
    values: valuesOf(document, file),
    place(keys) {
      const key = keys.map(String).join('.') || '(top)';
      // What is missing is missing in what it should be in.
      for (let depth = keys.length; depth > 0; depth--) {
        const node = document.getIn(keys.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
        if (node?.range) return `${file}:${line(node.range[0])}: ${key}`;
      }
      return `${file}:1: ${key}`;
    },
  };
}

function textOf(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new ScenarioError(`there is no file ${file}`);
  if (stat.size > MOST_BYTES)
    throw new ScenarioError(`${file}: a scenario file has at most ${MOST_BYTES / 1024} kB: make several of it`);
  return fs.readFileSync(file, 'utf8');
}

function valuesOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new ScenarioError(`${file}:1: ${(error as Error).message}`);
  }
}
