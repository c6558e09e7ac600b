import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of sources; what is made of one lies beside it, with the ending .wasm. */
export const KERNELS = ['agents/face/kernels', 'agents/providers/hibari/synth/kernels'];

/** The custom section that says what it was made of. */
export const SECTION = 'sources';

/** 32 hex digits for the sources in a folder. */
export function sourceHash(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 32);
}
