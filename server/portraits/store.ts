/** Portraits by their unguessable ids: each is some files, the last of which says that it is whole. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OwnVoice } from '../../protocol/own-voice.ts';
import { PortraitError, PortraitId, PortraitVoice } from '../../protocol/portraits.ts';
import { type Blob, type Blobs, textOf } from '../blobs/port.ts';
import { putFolder } from '../blobs/put-folder.ts';
import { Held } from '../limits/held.ts';

const DAY_MS = 86_400_000;
/** Folders of portraits that are being made, or never were finished. */
const DRAFT = '.new-';
/** Put last. */
const META = 'meta.json';

const Meta = z.object({
  id: PortraitId,
  name: z.string(),
  createdAtMs: z.number(),
  ownerHash: z.string(),
  /** Pseudonyms of who made it, and from where. */
  makers: z.array(z.string()).default([]),
  voice: PortraitVoice.optional().catch(undefined),
  /** Their own voice, and what we call it at its vendor. */
  own: OwnVoice.extend({ name: z.string() }).optional(),
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
  readonly #blobs: Blobs;
  readonly #folder: string;
  readonly #limits: StoreLimits;
  readonly #nowMs: () => number;
  /** Portraits being made: they count. */
  #drafts = 0;
  /** Of each maker. */
  readonly #making = new Held();

  /** @param folder where they are made: the worker of portraits writes there, and nowhere else */
  constructor(blobs: Blobs, folder: string, limits: StoreLimits, nowMs: () => number = Date.now) {
    this.#blobs = blobs;
    this.#folder = path.resolve(folder);
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Removes what an earlier run left unfinished, and what is too old. */
  async sweep(): Promise<void> {
    const unfinished = this.#drafts === 0;
    await this.#blobs.tidy();
    if (unfinished)
      for (const name of await readdir(this.#folder).catch(() => []))
        if (name.startsWith(DRAFT)) await rm(path.join(this.#folder, name), { recursive: true, force: true });
    for (const id of await this.#ids()) {
      const meta = await this.#read(id);
      const isOver = meta === undefined ? unfinished && !(await this.#isWhole(id)) : this.#isOver(meta);
      if (isOver) await this.#blobs.erase(id);
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
      await putFolder(this.#blobs, id, draft);
      await this.#describe(meta);
      return { meta, ownerSecret };
    } catch (error) {
      await this.#blobs.erase(id);
      throw error;
    } finally {
      await rm(draft, { recursive: true, force: true });
      this.#drafts -= 1;
      for (const done of made) done();
    }
  }

  /** Undefined for an id that is not one, or names nothing. */
  async find(id: string): Promise<PortraitMeta | undefined> {
    const meta = await this.#read(id);
    return meta === undefined || this.#isOver(meta) ? undefined : meta;
  }

  /** One of a portrait's files. */
  file({ id }: PortraitMeta, name: string): Promise<Blob | undefined> {
    return this.#blobs.get(`${id}/${name}`);
  }

  /** When it will be removed, Unix ms. */
  expiresAtMs({ createdAtMs }: PortraitMeta): number | undefined {
    return this.#limits.maxAgeDays === 0 ? undefined : createdAtMs + this.#limits.maxAgeDays * DAY_MS;
  }

  /** Only its owner may. */
  async remove(id: string, ownerSecret: string): Promise<'removed' | 'not-found' | 'forbidden'> {
    const meta = await this.owned(id, ownerSecret);
    if (typeof meta === 'string') return meta;
    await this.#blobs.erase(id);
    return 'removed';
  }

  /** Only its owner may. Gives the portrait as it is now. */
  giveVoice(id: string, ownerSecret: string, voice: PortraitVoice): Promise<PortraitMeta | 'not-found' | 'forbidden'> {
    return this.#change(id, ownerSecret, meta => ({ ...meta, voice }));
  }

  /** The same with their own voice; undefined: it has none any more. */
  giveOwnVoice(
    id: string,
    ownerSecret: string,
    own: PortraitMeta['own'],
  ): Promise<PortraitMeta | 'not-found' | 'forbidden'> {
    return this.#change(id, ownerSecret, ({ own: _, ...meta }) => ({ ...meta, ...(own !== undefined && { own }) }));
  }

  /** Whether a portrait speaks with the voice that is called so. Rejects where that cannot be found out. */
  async speaksWith(id: string, name: string): Promise<boolean> {
    const blob = await this.#blobs.get(`${id}/${META}`);
    const meta = blob === undefined ? undefined : parsed(await textOf(blob));
    return meta?.own?.name === name && !this.#isOver(meta);
  }

  /** Who may do what its owner may. */
  async owned(id: string, ownerSecret: string): Promise<PortraitMeta | 'not-found' | 'forbidden'> {
    const meta = await this.find(id);
    if (meta === undefined) return 'not-found';
    return timingSafeEqual(Buffer.from(meta.ownerHash, 'hex'), hashOf(ownerSecret)) ? meta : 'forbidden';
  }

  async #change(
    id: string,
    ownerSecret: string,
    change: (meta: PortraitMeta) => PortraitMeta,
  ): Promise<PortraitMeta | 'not-found' | 'forbidden'> {
    const meta = await this.owned(id, ownerSecret);
    if (typeof meta === 'string') return meta;
    const changed = change(meta);
    await this.#describe(changed);
    return changed;
  }

  /** Without being asked who made it: all of a person's things go. */
  async erase(id: string): Promise<void> {
    if (PortraitId.safeParse(id).success) await this.#blobs.erase(id);
  }

  #describe(meta: PortraitMeta): Promise<void> {
    return this.#blobs.put(`${meta.id}/${META}`, Buffer.from(JSON.stringify(meta)));
  }

  async #makeRoom(ahead: ReadonlyMap<string, number>): Promise<void> {
    await this.sweep();
    // Those that are being put are counted as drafts.
    const metas = (await Promise.all((await this.#ids()).map(id => this.#read(id)))).filter(meta => meta !== undefined);
    const { maxPerMaker = Number.POSITIVE_INFINITY } = this.#limits;
    for (const [maker, begun] of ahead) {
      const theirs = metas.filter(({ makers }) => makers.includes(maker)).length;
      if (theirs + begun >= maxPerMaker)
        throw new PortraitError(
          'portraits-full',
          `You, or others of your network, have ${theirs} portraits here: that is as many as one may have. Remove one first.`,
        );
    }
    if (metas.length + this.#drafts > this.#limits.maxCount)
      throw new PortraitError(
        'portraits-full',
        'This server keeps no more portraits. Remove one of yours, or ask its operator to raise portraits.maxCount.',
      );
  }

  async #read(id: string): Promise<PortraitMeta | undefined> {
    if (!PortraitId.safeParse(id).success) return undefined;
    try {
      return parsed(await textOf(await this.#blobs.get(`${id}/${META}`)));
    } catch {
      return undefined;
    }
  }

  #isOver(meta: PortraitMeta): boolean {
    const endMs = this.expiresAtMs(meta);
    return endMs !== undefined && endMs <= this.#nowMs();
  }

  async #ids(): Promise<string[]> {
    return (await this.#blobs.list()).filter(name => PortraitId.safeParse(name).success);
  }

  /** What it says may be unreadable all the same. */
  async #isWhole(id: string): Promise<boolean> {
    return (await this.#blobs.get(`${id}/${META}`)) !== undefined;
  }
}

/** Undefined for what is no description of a portrait. */
function parsed(text = ''): PortraitMeta | undefined {
  try {
    return Meta.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
