import fs from 'node:fs';
import path from 'node:path';
import { DataDirInUseError } from './errors.ts';

interface Holder {
  pid: number;
  /** When that process started: ids are given out again. */
  started: string;
}

/**
 * Makes this process the only one on a data directory; returns what gives it back. Throws {@link DataDirInUseError}.
 * A lock whose process is gone is taken over.
 */
export function lockDataDir(dataDir: string): () => void {
  fs.mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'server.lock');
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  // Written whole beside it, then linked: nobody ever reads half a lock.
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, own);
  try {
    for (;;) {
      try {
        fs.linkSync(draft, file);
        held.add(path.resolve(file));
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = read(file);
      if (holder !== undefined && isAlive(holder, file))
        throw new DataDirInUseError(
          `process ${holder.pid} uses the data directory ${path.resolve(dataDir)} already: stop it, or give this server a directory of its own (VISAVIS_DATA_DIR)`,
        );
      fs.rmSync(file, { force: true });
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
  return () => {
    if (!held.delete(path.resolve(file))) return;
    fs.rmSync(file, { force: true });
  };
}

/** This process's own. */
const held = new Set<string>();

function read(file: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder, file: string): boolean {
  // In a container every server is process 1.
  if (pid === process.pid) return held.has(path.resolve(file));
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(pid) === started;
}

/** Clock ticks since the machine started; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
