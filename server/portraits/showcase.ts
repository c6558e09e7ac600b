/** How the shipped avatars look: rendered once from their rigs, kept until a rig changes. */
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { HostHello } from '../../protocol/agents.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import type { Blob, Blobs } from '../blobs/port.ts';
import type { PortraitWorker } from './worker.ts';

/** What could not be rendered is not tried again at every look: its rig may lie with another machine's host. */
const RETRY_MS = 60_000;
/** Put in this order: with the last it is whole. */
const FILES = ['thumbnail.webp', 'preview.webm'] as const;

/** Pictures of the avatars as they are shipped, `<id>-<version>.webp`: rendering takes seconds, and the page is looked at first. */
export const SHIPPED = path.join(import.meta.dirname, 'shown');

export class Showcase {
  readonly #shipped = new FolderBlobs(SHIPPED);
  readonly #blobs: Blobs;
  readonly #folder: string;
  readonly #worker: Pick<PortraitWorker, 'run'>;
  readonly #making = new Map<string, Promise<void>>();
  readonly #failed = new Map<string, { error: unknown; atMs: number }>();

  /** @param folder where they are made: the worker of portraits writes there */
  constructor(blobs: Blobs, folder: string, worker: Pick<PortraitWorker, 'run'>) {
    this.#blobs = blobs;
    this.#folder = path.resolve(folder);
    this.#worker = worker;
  }

  /** How an avatar looks. Throws PortraitError when that cannot be made. */
  async file({ id, version }: HostHello['avatars'][number], file: (typeof FILES)[number]): Promise<Blob | undefined> {
    const name = `${id}-${version}`;
    const shipped = file === 'thumbnail.webp' ? await this.#shipped.get(`${name}.webp`) : undefined;
    if (shipped !== undefined) return shipped;
    if ((await this.#blobs.get(`${name}/${FILES.at(-1)}`)) === undefined) await this.#made(id, name);
    return this.#blobs.get(`${name}/${file}`);
  }

  async #made(avatar: string, name: string): Promise<void> {
    const failed = this.#failed.get(name);
    if (failed !== undefined && performance.now() - failed.atMs < RETRY_MS) throw failed.error;
    const making = this.#making.get(name) ?? this.#make(avatar, name);
    this.#making.set(name, making);
    try {
      await making;
    } catch (error) {
      this.#failed.set(name, { error, atMs: performance.now() });
      throw error;
    } finally {
      this.#making.delete(name);
    }
  }

  async #make(avatar: string, name: string): Promise<void> {
    const draft = path.join(this.#folder, `.new-${name}`);
    try {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true });
      await this.#worker.run({ type: 'present', avatar, folder: draft });
      await this.#blobs.tidy();
      // How it looked before it was changed.
      for (const other of await this.#blobs.list())
        if (other.startsWith(`${avatar}-`) && /^[0-9a-f]+$/.test(other.slice(avatar.length + 1)))
          await this.#blobs.erase(other);
      for (const file of FILES) await this.#blobs.put(`${name}/${file}`, createReadStream(path.join(draft, file)));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}
