import fs from 'node:fs';
import path from 'node:path';
import { isPersonaFile, PersonaError, type PersonaSource, readPersona } from './persona-file.ts';
import type { Persona } from './ports.ts';

/** What whoever uses the personas does with each. */
export interface PersonaUse {
  /** Makes ready what it needs; throws, with a message that names the place, where it cannot be used. */
  admit(source: PersonaSource): void;
  /** A file that changed is wrong: the persona stays as it was. */
  refused(problem: string): void;
}

interface Known extends PersonaSource {
  stamp: string;
}

/** The personas of a folder. Files that change or are added count from the next conversation on. */
export class Personas {
  readonly #folder: string;
  readonly #use: PersonaUse;
  readonly #known = new Map<string, Known>();
  /** Stamps of what was refused: each is told once. */
  readonly #refused = new Map<string, string>();

  /** Throws {@link PersonaError}, and what `admit` throws. */
  constructor(folder: string, use: PersonaUse) {
    this.#folder = folder;
    this.#use = use;
    const files = this.#files();
    if (files.length === 0) throw new PersonaError(`there is no persona in ${folder}`);
    for (const file of files) this.#read(file);
  }

  /** As its file is now. */
  get(id: string): Persona | undefined {
    this.#refresh();
    return this.#known.get(id)?.persona;
  }

  values(): Persona[] {
    this.#refresh();
    return [...this.#known.values()].map(({ persona }) => persona);
  }

  /** A file that is gone leaves its persona until the next start: editors write by taking away and putting back. */
  #refresh(): void {
    for (const file of this.#files()) {
      const known = this.#known.get(path.parse(file).name);
      const files = known?.files ?? [file];
      if (known !== undefined && stampOf(files) === known.stamp) continue;
      try {
        this.#read(file);
        this.#refused.delete(file);
      } catch (error) {
        const stamp = stampOf(files);
        if (this.#refused.get(file) === stamp) continue;
        this.#refused.set(file, stamp);
        this.#use.refused((error as Error).message);
      }
    }
  }

  #read(file: string): void {
    const id = path.parse(file).name;
    const other = this.#known.get(id)?.files[0];
    if (other !== undefined && other !== file && fs.existsSync(other))
      throw new PersonaError(`${file}:1: there is a ${other} already`);
    // Before reading: what changes meanwhile is read again.
    const source = readPersona(file);
    const stamp = stampOf(source.files);
    this.#use.admit(source);
    this.#known.set(id, { ...source, stamp });
  }

  #files(): string[] {
    if (!fs.existsSync(this.#folder)) return [];
    return fs
      .readdirSync(this.#folder)
      .filter(isPersonaFile)
      .toSorted()
      .map(name => path.join(this.#folder, name));
  }
}

/** All personas of a folder by id (the file's name), as they are now. Throws {@link PersonaError}. */
export function loadPersonas(folder: string): Map<string, Persona> {
  const personas = new Personas(folder, { admit: () => {}, refused: () => {} });
  return new Map(personas.values().map(persona => [persona.id, persona]));
}

function stampOf(files: readonly string[]): string {
  return files
    .map(file => {
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      return `${stat?.mtimeMs}/${stat?.size}`;
    })
    .join(' ');
}
