import { applyEnvironment, type Process } from './environment.ts';
import { readSettingsFile, SettingsError } from './file.ts';
import { Settings } from './settings.ts';

/**
 * Reads all settings: the YAML file (`VISAVIS_CONFIG`, else `visavis.config.yaml` if there is one), then the
 * environment, then the schema. Server, agent hosts and the portrait worker read the same way.
 * @param process whose variables count
 * @throws {SettingsError} that names everything that is wrong, each with its file, line and key
 */
export function loadSettings(env: NodeJS.ProcessEnv, process: Process, cwd = globalThis.process.cwd()): Settings {
  const file = readSettingsFile(env, cwd);
  const values = structuredClone(file.values);
  const variables = applyEnvironment(values, env, process);
  const result = Settings.safeParse(values);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(issue => {
    // A key that nobody knows is named itself, not what it stands in.
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return unknown.map(name => {
      const keys = name === undefined ? issue.path : [...issue.path, name];
      const key = keys.join('.') || '(top)';
      const place = variables.get(key) ?? file.place(keys);
      return `  ${place}: ${key}: ${name === undefined ? issue.message : 'there is no such setting'}`;
    });
  });
  throw new SettingsError(`the configuration is wrong:\n${problems.join('\n')}`);
}
