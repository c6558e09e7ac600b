/** How the shipped avatars look: rendered once from their rigs, kept until a rig changes. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { HostHello } from '../../protocol/agents.ts';
import type { PortraitWorker } from './worker.ts';

/** What could not be rendered is not tried again at every look: its rig may lie with another machine's host. */
const RETRY_MS = 60_000;

export class Showcase {
  readonly #folder: string;
  readonly #worker: Pick<PortraitWorker, 'run'>;
  readonly #making = new Map<string, Promise<void>>();
  readonly #failed = new Map<string, { error: unknown; atMs: number }>();

  constructor(folder: string, worker: Pick<PortraitWorker, 'run'>) {
    this.#folder = path.resolve(folder);
    this.#worker = worker;
  }

  /** Folder with `thumbnail.webp` and `preview.webm`. Throws PortraitError when they cannot be made. */
  async folderOf({ id, version }: HostHello['avatars'][number]): Promise<string> {
    const name = `${id}-${version}`;
    const folder = path.join(this.#folder, name);
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder;
    const failed = this.#failed.get(name);
    if (failed !== undefined && performance.now() - failed.atMs < RETRY_MS) throw failed.error;
    const making = this.#making.get(name) ?? this.#make(id, folder);
    this.#making.set(name, making);
    try {
      await making;
      return folder;
    } catch (error) {
      this.#failed.set(name, { error, atMs: performance.now() });
      throw error;
    } finally {
      this.#making.delete(name);
    }
  }

  async #make(avatar: string, folder: string): Promise<void> {
    const draft = `${folder}.new`;
    try {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true });
      await this.#worker.run({ type: 'present', avatar, folder: draft });
      // How it looked before it was changed.
      for (const name of await readdir(this.#folder))
        if (name.startsWith(`${avatar}-`) && /^[0-9a-f]+$/.test(name.slice(avatar.length + 1)))
          await rm(path.join(this.#folder, name), { recursive: true, force: true });
      await rename(draft, folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }
}
