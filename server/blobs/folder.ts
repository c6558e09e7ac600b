import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Blob, type Blobs, isKey } from './port.ts';

/** What is being written or erased has another name meanwhile. */
const DRAFT = '.blob-';

/** A folder of this machine, for nobody else on it: keys are the paths of its files. */
export class FolderBlobs implements Blobs {
  readonly #folder: string;
  /** Being written or erased now. */
  readonly #drafts = new Set<string>();

  /** Made when something is put into it. */
  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  async put(key: string, data: Parameters<Blobs['put']>[1], signal?: AbortSignal): Promise<void> {
    if (!isKey(key)) throw new RangeError(`nothing can be kept under ${JSON.stringify(key)}`);
    const file = this.#pathOf(key);
    await this.#drafting(async draft => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, data, { mode: 0o600, signal });
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await rename(draft, file);
    });
  }

  async get(key: string): Promise<Blob | undefined> {
    if (!isKey(key)) return undefined;
    const file = this.#pathOf(key);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() !== true) return undefined;
    return { size: stats.size, file, stream: signal => createReadStream(file, { signal }) };
  }

  async list(prefix?: string): Promise<string[]> {
    if (prefix !== undefined && !isKey(prefix)) return [];
    const names = await readdir(prefix === undefined ? this.#folder : this.#pathOf(prefix)).catch(() => []);
    return names.filter(isKey).sort();
  }

  async erase(prefix: string): Promise<void> {
    if (!isKey(prefix)) return;
    // Renamed first, so that it is gone at once and as a whole.
    await this.#drafting(draft =>
      rename(this.#pathOf(prefix), draft).catch(error => {
        if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      }),
    );
  }

  async tidy(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => []))
      if (name.startsWith(DRAFT) && !this.#drafts.has(name)) await remove(path.join(this.#folder, name));
  }

  #pathOf(key: string): string {
    return path.join(this.#folder, ...key.split('/'));
  }

  /** Nothing is left of the draft afterwards. */
  async #drafting(work: (draft: string) => Promise<void>): Promise<void> {
    const name = `${DRAFT}${randomBytes(12).toString('hex')}`;
    const draft = path.join(this.#folder, name);
    this.#drafts.add(name);
    try {
      await work(draft);
    } finally {
      await remove(draft);
      this.#drafts.delete(name);
    }
  }
}

/** Once more where somebody who has it open makes a file in it meanwhile. */
const remove = (what: string): Promise<void> => rm(what, { recursive: true, force: true, maxRetries: 3 });
