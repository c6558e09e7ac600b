import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** As `nice` counts: the scheduler gives such a thread about a tenth of what it gives others that want the same core. */
const NICENESS = 10;

/**
 * The thread that calls this gives way to those that serve calls. On Linux a thread has a priority of its own, by its
 * thread id; elsewhere nothing changes.
 */
export function giveWay(): void {
  try {
    os.setPriority(Number(path.basename(fs.readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {
    // No such file, or not allowed: it then competes like any other.
  }
}
