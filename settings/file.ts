import fs from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { OperatorError } from '../telemetry/operator-error.ts';

/** The settings are wrong; the message names file, line and key, or the variable, and what is wrong there. */
export class SettingsError extends OperatorError {
  override name = 'SettingsError';
}

export interface SettingsFile {
  /** What stands in it; sections in which nothing is set are left out. */
  values: Record<string, unknown>;
  /** Where it says something: `visavis.config.yaml:12`; the file alone for what is not in it. */
  place(keys: readonly PropertyKey[]): string;
}

/**
 * Reads the file that `VISAVIS_CONFIG` names, else `visavis.config.yaml` if there is one. Throws {@link SettingsError}
 * for a named file that is missing, for what is no YAML and for what holds no settings.
 */
export function readSettingsFile(env: NodeJS.ProcessEnv, cwd: string): SettingsFile {
  const named = env.VISAVIS_CONFIG || undefined;
  const file = path.resolve(cwd, named ?? 'visavis.config.yaml');
  const shown = named ?? path.basename(file);
  if (named === undefined && !fs.existsSync(file)) return { values: {}, place: () => shown };
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const line = (offset: number) => lines.linePos(offset).line;
  const [wrong] = document.errors;
  if (wrong !== undefined)
    throw new SettingsError(
      `${shown}:${line(wrong.pos[0])} is not valid YAML: ${wrong.message.split(/ at line \d/)[0]}`,
    );
  const values = withoutEmpty(toValues(document, shown) ?? {});
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new SettingsError(`${shown} must hold settings, one "key: value" each`);
  return {
    values: values as Record<string, unknown>,
    place(keys) {
      // What is missing is missing in what it should be in.
      for (let depth = keys.length; depth > 0; depth--) {
        const node = document.getIn(keys.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
        if (node?.range) return `${shown}:${line(node.range[0])}`;
      }
      return shown;
    },
  };
}

function toValues(document: ReturnType<typeof parseDocument>, shown: string): unknown {
  try {
    // More aliases than anybody writes would make a small file a huge one.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new SettingsError(`${shown} is not valid YAML: ${(error as Error).message}`);
  }
}

/** A section whose keys are all commented out is none. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutEmpty(inner)]),
  );
}
