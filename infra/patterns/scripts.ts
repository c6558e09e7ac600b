import fs from 'node:fs';
import path from 'node:path';
import RiveScript from 'rivescript';
import { isPersonaFile, readPersona } from '../../agents/think/persona-file.ts';
import type { Pattern } from './find.ts';

/** The regular expressions that RiveScript makes of the triggers of all personas. */
export async function scriptPatternsOf(root: string): Promise<Pattern[]> {
  const folder = path.join(root, 'personas');
  const found = new Map<string, Pattern>();
  for (const name of fs.readdirSync(folder).filter(isPersonaFile)) {
    const { script } = readPersona(path.join(folder, name)).persona;
    const rive = new RiveScript({ utf8: true });
    rive.stream(script, problem => {
      throw new Error(`${name}: ${problem}`);
    });
    rive.sortReplies();
    for (const trigger of new Set([...script.matchAll(/^[+%] (.+)$/gm)].map(match => match[1]!))) {
      const source = `^${await rive.brain.triggerRegexp('nobody', trigger)}$`;
      found.set(source, { source, flags: 'i', file: `personas/${name}: ${trigger}` });
    }
  }
  return [...found.values()];
}
