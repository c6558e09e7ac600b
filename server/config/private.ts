import fs from 'node:fs';
import path from 'node:path';

/**
 * Nobody else on this machine reads what this process and those that it starts write: keys, words, portraits. The
 * folder is made where it is missing, and closed where an earlier version left it open.
 */
export function keepPrivate(dataDir: string): void {
  process.umask(0o077);
  const folder = path.resolve(dataDir);
  fs.mkdirSync(folder, { recursive: true });
  // A folder that holds more than our data is not ours to close.
  if (!path.relative(folder, process.cwd()).startsWith('..')) return;
  try {
    fs.chmodSync(folder, 0o700);
  } catch {
    // It is somebody else's, as a mounted volume may be; what is written into it is private all the same.
  }
}
