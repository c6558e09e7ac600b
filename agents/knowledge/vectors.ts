/** What passages mean, as vectors: found by likeness, kept on disk beside the words. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

/** Of a text: the vector stays its own, in whatever file and place it stands. */
export const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

export class Vectors {
  readonly #file: string;
  #byKey = new Map<string, Float32Array>();
  #read: Promise<void> | undefined;

  /** @param file where they are kept; one that cannot be read is made anew */
  constructor(file: string) {
    this.#file = file;
  }

  /** Reads what is kept, once. */
  read(): Promise<void> {
    this.#read ??= this.#load();
    return this.#read;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Takes some more, and keeps only those of `present`. */
  async add(vectors: ReadonlyMap<string, Float32Array>, present: ReadonlySet<string>): Promise<void> {
    for (const [key, vector] of vectors) this.#byKey.set(key, unit(vector));
    for (const key of this.#byKey.keys()) if (!present.has(key)) this.#byKey.delete(key);
    await this.#keep();
  }

  /** How alike each of these is to a vector, cosine; those without one are left out. Best first. */
  nearest(vector: Float32Array, keys: Iterable<string>): { key: string; near: number }[] {
    const wanted = unit(vector);
    const found: { key: string; near: number }[] = [];
    for (const key of keys) {
      const own = this.#byKey.get(key);
      if (own !== undefined && own.length === wanted.length) found.push({ key, near: product(own, wanted) });
    }
    return found.sort((a, b) => b.near - a.near);
  }

  async #load(): Promise<void> {
    try {
      const kept = JSON.parse(await fs.readFile(this.#file, 'utf8')) as Record<string, string>;
      for (const [key, text] of Object.entries(kept)) {
        const bytes = Buffer.from(text, 'base64');
        this.#byKey.set(key, new Float32Array(new Uint8Array(bytes).buffer));
      }
    } catch {
      this.#byKey = new Map();
    }
  }

  /** Whole or not at all; what cannot be kept is asked for again after the next start. */
  async #keep(): Promise<void> {
    const written = Object.fromEntries(
      [...this.#byKey].map(([key, { buffer, byteOffset, byteLength }]) => [
        key,
        Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      ]),
    );
    const beside = `${this.#file}.${process.pid}.new`;
    await fs.mkdir(path.dirname(this.#file), { recursive: true });
    await fs.writeFile(beside, JSON.stringify(written));
    await fs.rename(beside, this.#file);
  }
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(product(vector, vector));
  return length === 0 ? vector : vector.map(value => value / length);
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
