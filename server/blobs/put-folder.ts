import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Blobs } from './port.ts';

/** Puts every file of a folder, and of those in it, under a prefix. Where it throws, some of them may be there. */
export async function putFolder(blobs: Blobs, prefix: string, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const key = path.relative(folder, file).split(path.sep).join('/');
    await blobs.put(`${prefix}/${key}`, createReadStream(file));
  }
}
