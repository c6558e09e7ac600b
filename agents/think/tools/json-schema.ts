import vm from 'node:vm';
import { Ajv2020, type Options } from 'ajv/dist/2020.js';

/** A JSON schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

/** What is wrong with a value, in a few words; undefined where nothing is. It is looked at for so long at most. */
export type Check = (value: unknown, mostMs: number) => string | undefined;

/** A schema is wrong; `path` says where in it. */
export class JsonSchemaError extends Error {
  override name = 'JsonSchemaError';
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.path = path;
  }
}

const OPTIONS: Options = {
  // A keyword that nobody knows is a slip of the pen; what is merely unusual is not.
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // As the draft has it by default: `format` tells, and checks nothing.
  validateFormats: false,
  // It would write to the console.
  logger: false,
};
/** What takes longer to check is not as it should be: a pattern, or what must be unique, may take for ever. */
export const TAKES_TOO_LONG = 'it takes too long to check';
/** Of what a message says of a value, characters. */
const TOLD_LENGTH = 160;

/** Knows what a schema is; made once, because it takes a while. */
let grammar: Ajv2020 | undefined;

/** For schemas of others: what a draft does not know tells something, and checks nothing; nothing of it is written twice. */
const FOREIGN: Options = { strictSchema: false, inlineRefs: false };

/**
 * Makes a check of a schema. Throws {@link JsonSchemaError}.
 *
 * @param options.foreign it is not the operator's: keywords that nobody knows are passed over
 */
export function compileSchema(schema: JsonSchema, { foreign = false } = {}): Check {
  grammar ??= new Ajv2020(OPTIONS);
  let validate: ReturnType<Ajv2020['compile']>;
  try {
    if (!grammar.validateSchema(schema)) {
      const [error] = grammar.errors ?? [];
      throw new JsonSchemaError(error?.message ?? 'is no JSON schema', pathOf(error?.instancePath ?? ''));
    }
    // Each has an instance of its own, so that no schema can name another.
    validate = new Ajv2020({ ...OPTIONS, ...(foreign && FOREIGN), meta: false, validateSchema: false }).compile(schema);
  } catch (error) {
    throw error instanceof JsonSchemaError ? error : new JsonSchemaError((error as Error).message);
  }
  return (value, mostMs) => {
    try {
      if (within(mostMs, () => validate(value))) return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
        ? TAKES_TOO_LONG
        : 'it is nested too deeply';
    }
    const { instancePath = '', message = 'is not as it should be', params = {} } = validate.errors?.[0] ?? {};
    const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    const where = instancePath === '' ? 'it' : pathOf(instancePath).join('.');
    return `${where} ${message}${extra}`.slice(0, TOLD_LENGTH);
  };
}

const watched: { work?: () => unknown } = vm.createContext({});
const run = new vm.Script('work()');

/** Does it, and stops it when it takes longer: whatever it is busy with, a regular expression included. */
function within(mostMs: number, work: () => unknown): unknown {
  watched.work = work;
  return run.runInContext(watched as vm.Context, { timeout: mostMs });
}

/** The keys of a JSON pointer. */
const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
