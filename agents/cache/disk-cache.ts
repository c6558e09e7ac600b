import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

/** One entry may take at most this share of the whole. */
const LARGEST_SHARE = 1 / 8;
const CHECKSUM_BYTES = 20;
/** Names in the cache's folder that are ours: entries in folders of two digits, and drafts of entries. */
const FOLDER = /^[0-9a-f]{2}$/;
const KEY = /^[0-9a-f]{40}$/;
const DRAFT = /^[0-9a-f]{40}\.[0-9a-f-]{36}$/;
/** What waits for a slow disk, at most; more is not kept [C2]. */
const MAX_WAITING = 32;
const STALE_DRAFT_MS = 60_000;

export interface DiskCacheOptions {
  folder: string;
  maxBytes: number;
  /** Older entries are not used any more. */
  maxAgeMs: number;
  /** Told when the disk refuses; the cache is then as good as none. */
  report(problem: string, error: unknown): void;
}

/**
 * What was worked out before, in a folder of bounded size: what was not used for longest goes first. A damaged entry is
 * a missing one, and so is everything while the disk is full or gone: it never throws.
 */
export class DiskCache {
  readonly #options: DiskCacheOptions;
  /** Sizes by key, the longest unused first. */
  readonly #entries = new Map<string, { bytes: number; writtenMs: number }>();
  #bytes = 0;
  readonly #opened: Promise<void>;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(options: DiskCacheOptions) {
    this.#options = options;
    this.#opened = this.#scan();
  }

  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await this.#opened;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    try {
      if (Date.now() - entry.writtenMs > this.#options.maxAgeMs) throw new Error('too old');
      const file = await fs.readFile(this.#file(key));
      const content = file.subarray(CHECKSUM_BYTES);
      if (!checksum(content).equals(file.subarray(0, CHECKSUM_BYTES))) throw new Error('damaged');
      // Used just now.
      if (this.#entries.delete(key)) this.#entries.set(key, entry);
      return content;
    } catch {
      await this.#remove(key);
      return undefined;
    }
  }

  /** Keeps something; resolves when it lies on the disk, or is known not to. */
  put(key: string, content: Uint8Array): Promise<void> {
    if (this.#closed || this.#waiting >= MAX_WAITING || content.length > this.#options.maxBytes * LARGEST_SHARE)
      return Promise.resolve();
    this.#waiting += 1;
    this.#writing = this.#writing
      .then(() => this.#write(key, content))
      .finally(() => {
        this.#waiting -= 1;
      });
    return this.#writing;
  }

  /** Writes what was given before. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#opened;
  }

  async #write(key: string, content: Uint8Array): Promise<void> {
    await this.#opened;
    const file = this.#file(key);
    const draft = `${file}.${randomUUID()}`;
    try {
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(draft, Buffer.concat([checksum(content), content]), { mode: 0o600 });
      await fs.rename(draft, file);
      await this.#account(key, content.length + CHECKSUM_BYTES, Date.now());
    } catch (error) {
      await fs.rm(draft, { force: true }).catch(() => {});
      this.#options.report('the cache could not be written', error);
    }
  }

  async #account(key: string, bytes: number, writtenMs: number): Promise<void> {
    this.#bytes += bytes - (this.#entries.get(key)?.bytes ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, { bytes, writtenMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) break;
      await this.#remove(oldest);
    }
  }

  async #remove(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    await fs.rm(this.#file(key), { force: true }).catch(() => {});
  }

  /** What an earlier run left, the longest unused first as far as the disk tells. */
  async #scan(): Promise<void> {
    const { folder } = this.#options;
    const found: { key: string; bytes: number; writtenMs: number }[] = [];
    // Only what looks like ours is touched: the folder may be named by mistake.
    const folders = (await fs.readdir(folder).catch(() => [])).filter(name => FOLDER.test(name));
    for (const prefix of folders)
      for (const name of await fs.readdir(path.join(folder, prefix)).catch(() => [])) {
        const file = path.join(folder, prefix, name);
        const status = await fs.stat(file).catch(() => undefined);
        if (status === undefined || !status.isFile() || !name.startsWith(prefix)) continue;
        if (KEY.test(name)) found.push({ key: name, bytes: status.size, writtenMs: status.mtimeMs });
        // One that was never finished; a fresh one may be another process's.
        else if (DRAFT.test(name) && Date.now() - status.mtimeMs > STALE_DRAFT_MS)
          await fs.rm(file, { force: true }).catch(() => {});
      }
    found.sort((a, b) => a.writtenMs - b.writtenMs);
    for (const { key, bytes, writtenMs } of found) await this.#account(key, bytes, writtenMs);
  }

  #file(key: string): string {
    return path.join(this.#options.folder, key.slice(0, 2), key);
  }
}

/** A key of everything that shapes something; two that differ in anything have different keys. */
export const cacheKey = (...parts: unknown[]): string => createHash('sha1').update(JSON.stringify(parts)).digest('hex');

const checksum = (content: Uint8Array): Buffer => createHash('sha1').update(content).digest();
