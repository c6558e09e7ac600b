import type { Readable } from 'node:stream';

/** What is kept under one key. */
export interface Blob {
  /** Bytes. */
  size: number;
  /** The file that it is, where it lies on this machine: whoever sends it may send parts of it. */
  file?: string;
  /** Reads it from its beginning. Fails where it is erased before it is open. */
  stream(signal?: AbortSignal): Readable;
}

/**
 * Pictures, films and documents that are written once, as a whole, and read often. A key is a path: names of letters,
 * digits, `.`, `_` and `-` that do not begin with a dot, with `/` between them ({@link isKey}); any other is of nothing
 * that is kept, and puts throw RangeError.
 */
export interface Blobs {
  /** Keeps it, in place of what was there: who reads meanwhile finds the one or the other, whole. Where it throws, nothing has changed. */
  put(key: string, data: Uint8Array | Readable, signal?: AbortSignal): Promise<void>;
  get(key: string): Promise<Blob | undefined>;
  /** The names right below a prefix, in order: of blobs, and of prefixes, some of which may be empty. Without one: at the top. */
  list(prefix?: string): Promise<string[]>;
  /** Erases what is under a key, and under all that begin with it and `/`. It is gone at once, for all who look then. */
  erase(prefix: string): Promise<void>;
  /** Removes what is left of puts and erasures that were cut off, in an earlier run. */
  tidy(): Promise<void>;
}

const MAX_LENGTH = 500;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** Whether something may be kept under this. */
export const isKey = (key: string): boolean =>
  key.length <= MAX_LENGTH && key.split('/').every(name => NAME.test(name));

/** All of a blob as text; undefined where there is none. */
export async function textOf(blob: Blob | undefined, signal?: AbortSignal): Promise<string | undefined> {
  if (blob === undefined) return undefined;
  const parts: Buffer[] = [];
  for await (const part of blob.stream(signal)) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
