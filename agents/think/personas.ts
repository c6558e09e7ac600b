import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Persona } from './ports.ts';

const PersonaFile = z.strictObject({
  name: z.string().min(1).max(64),
  description: z.string().max(300),
  avatar: z.string().regex(/^[a-z0-9-]+$/),
  voice: z.string(),
  greeting: z.string().min(1).max(500),
  instructions: z.string().min(1),
  /** RiveScript file beside this one. */
  script: z.string().regex(/^[\w-]+\.rive$/),
  speed: z.number().min(0.5).max(2).default(1),
  pitch: z.number().min(0.5).max(2).default(1),
});

/** A persona file is wrong; the message names the file and the key. */
export class PersonaError extends Error {
  override name = 'PersonaError';
}

/** All personas of a folder by id (the file's name). Throws {@link PersonaError}. */
export function loadPersonas(folder: string): Map<string, Persona> {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => /\.ya?ml$/.test(name)) : [];
  if (files.length === 0) throw new PersonaError(`there is no persona in ${folder}`);
  return new Map(
    files.toSorted().map(name => {
      const file = path.join(folder, name);
      const id = path.parse(name).name;
      return [id, { id, ...readPersona(file) }];
    }),
  );
}

function readPersona(file: string): Omit<Persona, 'id'> {
  let raw: unknown;
  try {
    raw = parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PersonaError(`${file}: ${(error as Error).message}`);
  }
  const result = PersonaFile.safeParse(raw);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PersonaError(`${file}: ${issue?.path.join('.') || '(top)'}: ${issue?.message}`);
  }
  const script = path.join(path.dirname(file), result.data.script);
  if (!fs.existsSync(script)) throw new PersonaError(`${file}: script: there is no ${script}`);
  return { ...result.data, script: fs.readFileSync(script, 'utf8') };
}
