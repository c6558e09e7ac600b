/** Recognizers of the catalogue: files that somebody has fetched are looked at, and put where they are expected. */
import fs from 'node:fs';
import path from 'node:path';
import { earsFolder, KNOWN_EARS, missingEars, problemOf } from '../../agents/providers/sherpa/ears/models.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';

/** What there is, a line each. */
export const listEars = (models: string): string[] =>
  Object.entries(KNOWN_EARS).map(
    ([name, { gives, licence, published, files }]) =>
      `${name}: ${gives}; ${licence}; ${missingEars(name, models) === undefined ? 'here' : 'not here'}; fetch ${Object.values(files).join(', ')} of ${published}, then say npm run models -- ears ${name} FOLDER`,
  );

/**
 * Copies a recognizer's files out of a folder into `models/ears/NAME`. Gives what is to be written into the settings.
 * Throws OperatorError for a name that is not known, and for files that are missing or cannot be what they should be;
 * nothing is changed then.
 */
export function addEars(name: string, folder: string, models: string): string {
  const known = Object.hasOwn(KNOWN_EARS, name) ? KNOWN_EARS[name] : undefined;
  if (known === undefined)
    throw new OperatorError(
      `there is no recognizer ${JSON.stringify(name)}; there are: ${Object.keys(KNOWN_EARS).join(', ')}`,
    );
  const files = Object.entries(known.files);
  for (const [key, file] of files) {
    const problem = problemOf(path.resolve(folder, file), key);
    if (problem !== undefined)
      throw new OperatorError(`the ${key} of ${name} ${problem}; it is published at ${known.published}`);
  }
  const target = earsFolder(name, models);
  fs.mkdirSync(target, { recursive: true });
  for (const [, file] of files) {
    fs.copyFileSync(path.resolve(folder, file), path.join(target, `${file}.new`));
    fs.renameSync(path.join(target, `${file}.new`), path.join(target, file));
  }
  const feelings =
    known.family === 'sense-voice' ? `  feelings:\n    - { use: sherpa, model: ${name} }\n    - use: embedded\n` : '';
  return `agent:
  recognition:
    - { use: sherpa, as: ears, model: ${name} }
    - use: embedded
${feelings}`;
}
