/** Portraits on disk: a folder each, named by its unguessable id, whole or not there at all. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PortraitError, PortraitId } from '../../protocol/portraits.ts';
import { Held } from '../limits/held.ts';

const DAY_MS = 86_400_000;
/** Folders of portraits that are being made, or never were finished. */
const DRAFT = '.new-';

const Meta = z.object({
  id: PortraitId,
  name: z.string(),
  createdAtMs: z.number(),
  ownerHash: z.string(),
  /** Pseudonyms of who made it, and from where. */
  makers: z.array(z.string()).default([]),
});
export type PortraitMeta = z.infer<typeof Meta>;

export interface StoreLimits {
  maxCount: number;
  /** Of one maker; absent: all. */
  maxPerMaker?: number;
  /** 0: no limit. */
  maxAgeDays: number;
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

export class PortraitStore {
  readonly #folder: string;
  readonly #limits: StoreLimits;
  readonly #nowMs: () => number;
  /** Portraits being made: they count. */
  #drafts = 0;
  /** Of each maker. */
  readonly #making = new Held();

  constructor(folder: string, limits: StoreLimits, nowMs: () => number = Date.now) {
    this.#folder = path.resolve(folder);
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Removes what an earlier run left unfinished, and what is too old. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    if (this.#drafts === 0) for (const name of names) if (name.startsWith(DRAFT)) await this.#erase(name);
    for (const name of names) {
      const meta = await this.#read(name);
      if (meta !== undefined && this.#isOver(meta)) await this.#erase(name);
    }
  }

  /**
   * Keeps what `fill` puts into an empty folder; when it throws, nothing is kept. Throws PortraitError
   * `portraits-full`, also when one of the `makers` has as many as one may have.
   */
  async create(
    name: string,
    fill: (folder: string) => Promise<void>,
    makers: readonly string[] = [],
  ): Promise<{ meta: PortraitMeta; ownerSecret: string }> {
    /** Of each of the makers, those that were begun before this one. */
    const ahead = new Map(makers.map(maker => [maker, this.#making.of(maker)]));
    const made = makers.map(maker => this.#making.take(maker));
    this.#drafts += 1;
    const id = `p-${randomBytes(16).toString('base64url')}`;
    const draft = path.join(this.#folder, `${DRAFT}${id}`);
    try {
      await this.#makeRoom(ahead);
      await mkdir(draft, { recursive: true, mode: 0o700 });
      await fill(draft);
      const ownerSecret = randomBytes(24).toString('base64url');
      const meta = {
        id,
        name,
        createdAtMs: this.#nowMs(),
        ownerHash: hashOf(ownerSecret).toString('hex'),
        makers: [...makers],
      };
      await writeFile(path.join(draft, 'meta.json'), JSON.stringify(meta), { mode: 0o600 });
      await rename(draft, path.join(this.#folder, id));
      return { meta, ownerSecret };
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    } finally {
      this.#drafts -= 1;
      for (const done of made) done();
    }
  }

  /** Undefined for an id that is not one, or names nothing. */
  async find(id: string): Promise<PortraitMeta | undefined> {
    const meta = await this.#read(id);
    return meta === undefined || this.#isOver(meta) ? undefined : meta;
  }

  /** Path of one of a portrait's files. */
  folderOf({ id }: PortraitMeta): string {
    return path.join(this.#folder, id);
  }

  /** When it will be removed, Unix ms. */
  expiresAtMs({ createdAtMs }: PortraitMeta): number | undefined {
    return this.#limits.maxAgeDays === 0 ? undefined : createdAtMs + this.#limits.maxAgeDays * DAY_MS;
  }

  /** Only its owner may. */
  async remove(id: string, ownerSecret: string): Promise<'removed' | 'not-found' | 'forbidden'> {
    const meta = await this.find(id);
    if (meta === undefined) return 'not-found';
    if (!timingSafeEqual(Buffer.from(meta.ownerHash, 'hex'), hashOf(ownerSecret))) return 'forbidden';
    await this.#erase(id);
    return 'removed';
  }

  /** Without being asked who made it: all of a person's things go. */
  async erase(id: string): Promise<void> {
    if (PortraitId.safeParse(id).success) await this.#erase(id);
  }

  async #makeRoom(ahead: ReadonlyMap<string, number>): Promise<void> {
    await this.sweep();
    const kept = (await readdir(this.#folder).catch(() => [])).filter(name => PortraitId.safeParse(name).success);
    const metas = await Promise.all(kept.map(name => this.#read(name)));
    const { maxPerMaker = Number.POSITIVE_INFINITY } = this.#limits;
    for (const [maker, begun] of ahead) {
      const theirs = metas.filter(meta => meta?.makers.includes(maker)).length;
      if (theirs + begun >= maxPerMaker)
        throw new PortraitError(
          'portraits-full',
          `You, or others of your network, have ${theirs} portraits here: that is as many as one may have. Remove one first.`,
        );
    }
    if (kept.length + this.#drafts > this.#limits.maxCount)
      throw new PortraitError(
        'portraits-full',
        'This server keeps no more portraits. Remove one of yours, or ask its operator to raise portraits.maxCount.',
      );
  }

  async #read(id: string): Promise<PortraitMeta | undefined> {
    if (!PortraitId.safeParse(id).success) return undefined;
    try {
      return Meta.parse(JSON.parse(await readFile(path.join(this.#folder, id, 'meta.json'), 'utf8')));
    } catch {
      return undefined;
    }
  }

  #isOver(meta: PortraitMeta): boolean {
    const endMs = this.expiresAtMs(meta);
    return endMs !== undefined && endMs <= this.#nowMs();
  }

  /** Renamed first, so that it is gone at once and as a whole. */
  async #erase(name: string): Promise<void> {
    const target = path.join(this.#folder, name);
    const doomed = path.join(this.#folder, `${DRAFT}${randomBytes(8).toString('hex')}`);
    await rename(target, doomed).catch(() => {});
    await rm(doomed, { recursive: true, force: true });
  }
}
