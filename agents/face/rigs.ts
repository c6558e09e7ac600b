import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Size } from './fit.ts';
import { type LoadedRig, type LoadOptions, loadRig } from './rig-load.ts';

interface Entry {
  rig: Promise<LoadedRig>;
  users: Set<object>;
}

/** The rigs that the faces of one thread draw from: each is loaded once, and kept for as long as a face uses it. */
export class Rigs {
  readonly #entries = new Map<string, Entry>();

  /** As `loadRig`, which see. The rig stays until `user` releases all that it took. */
  async take(user: object, folder: string, options: LoadOptions & { size: Size }): Promise<LoadedRig> {
    const key = `${folder} ${options.size.width}x${options.size.height} ${await version(folder)}`;
    const entry = this.#entries.get(key) ?? { rig: loadRig(folder, options), users: new Set() };
    this.#entries.set(key, entry);
    entry.users.add(user);
    try {
      return await entry.rig;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  release(user: object): void {
    for (const [key, { users }] of this.#entries) if (users.delete(user) && users.size === 0) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}

/** Changes when any file of the folder does. A folder that is not there has a version too: loading says what is wrong. */
async function version(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const states = files.sort().map(async name => {
    const { size, mtimeMs } = await stat(join(folder, name));
    return `${name}:${size}:${mtimeMs}`;
  });
  return (await Promise.all(states)).join(' ');
}
