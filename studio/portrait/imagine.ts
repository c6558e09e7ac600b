/** Pictures from words: each made once, kept on disk. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ProviderError } from '../../agents/base/errors.ts';
import type { ImageRequest } from '../../agents/images/port.ts';
import { PortraitError, type PortraitWords } from '../../protocol/portraits.ts';
import type { Drawing } from './generator.ts';
import { broken, sniff } from './sniff.ts';

/** Pictures kept; the one that was not asked for the longest goes first. */
const MAX_KEPT = 200;

/** Who describes a face seldom thinks of what a portrait needs to become an avatar. */
const portraitOf = (words: string) =>
  `${words}. Portrait, head and shoulders, one person facing the camera, eyes open, mouth closed, even light, plain background`;

type Request = Omit<ImageRequest, 'signal'>;

export class Imaginer {
  readonly #drawings: readonly Drawing[];
  /** Folder of the pictures. */
  readonly #cache: string;
  readonly #running = new Map<string, Promise<Uint8Array>>();

  /** @param drawings the first that answers wins; empty: none is configured */
  constructor(drawings: readonly Drawing[], { cache }: { cache: string }) {
    this.#drawings = drawings;
    this.#cache = cache;
  }

  get available(): boolean {
    return this.#drawings.length > 0;
  }

  /** An encoded picture of a face. Who asks for the same at the same time shares it. Throws PortraitError. */
  async imagine(words: PortraitWords): Promise<Uint8Array> {
    let problem: unknown = new PortraitError(
      'images-off',
      'This server cannot draw portraits from words: its operator has configured no image generator (agent.images). Use a photo instead.',
    );
    for (const drawing of this.#drawings)
      try {
        return await this.#shared(drawing, words);
      } catch (error) {
        problem = error;
      }
    throw problem;
  }

  async #shared(drawing: Drawing, { prompt, seed = drawing.seed, steps = drawing.steps }: PortraitWords) {
    const { generator, size } = drawing;
    const key = createHash('sha256')
      .update(JSON.stringify([generator.name, prompt, seed, steps, size]))
      .digest('hex');
    const running = this.#running.get(key) ?? this.#make(drawing, key, { prompt, seed, steps, size });
    this.#running.set(key, running);
    try {
      return await running;
    } finally {
      this.#running.delete(key);
    }
  }

  async #make(drawing: Drawing, key: string, request: Request): Promise<Uint8Array> {
    const file = path.join(this.#cache, key);
    const kept = await readFile(file).catch(() => undefined);
    if (kept !== undefined) {
      const now = new Date();
      await utimes(file, now, now).catch(() => {});
      return kept;
    }
    const picture = await this.#ask(drawing, request);
    await this.#keep(file, picture);
    return picture;
  }

  async #ask({ generator, timeoutMs }: Drawing, request: Request): Promise<Uint8Array> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const picture = await generator.generate({ ...request, prompt: portraitOf(request.prompt), signal });
      if (!sniff(picture).ended) throw broken();
      return picture;
    } catch (error) {
      if (error instanceof PortraitError) throw failed('What the image generator sent is not a usable picture.');
      if (signal.aborted) throw failed('The image generator took too long.');
      if (!(error instanceof ProviderError)) throw error;
      if (error.category === 'bad-input')
        throw new PortraitError(
          'images-refused',
          'The image generator refused these words. Describe the face differently: age, hair, clothes, light.',
        );
      if (error.category === 'quota') throw failed('The image generator is busy or its quota is used up.');
      if (error.category === 'auth')
        throw new PortraitError(
          'images-failed',
          'The image generator did not accept this server’s key. Its operator has to set it right.',
        );
      if (error.category === 'model')
        throw new PortraitError(
          'images-failed',
          'The image generator does not have the model that this server asks for (any more). Its operator has to name another.',
        );
      throw failed('The image generator cannot be reached or has failed.');
    }
  }

  /** A full or read-only disk only costs the next request. */
  async #keep(file: string, picture: Uint8Array): Promise<void> {
    const cache = this.#cache;
    const draft = `${file}.${process.pid}.new`;
    try {
      await mkdir(cache, { recursive: true });
      await writeFile(draft, picture);
      await rename(draft, file);
      const names = await readdir(cache);
      if (names.length <= MAX_KEPT) return;
      const aged = await Promise.all(
        names.map(async name => ({ name, atMs: (await stat(path.join(cache, name))).mtimeMs })),
      );
      aged.sort((a, b) => a.atMs - b.atMs);
      for (const { name } of aged.slice(0, names.length - MAX_KEPT)) await rm(path.join(cache, name), { force: true });
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }
}

const failed = (what: string) =>
  new PortraitError('images-failed', `${what} Please try again in a while, or use a photo instead.`, {
    retryable: true,
  });
