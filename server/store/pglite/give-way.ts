import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** As `nice` counts. */
const NICENESS = 10;

/**
 * The thread that calls this gives way to those that serve calls: opening a database takes seconds of a core. On Linux a
 * thread has a priority of its own, by its thread id; elsewhere nothing changes.
 */
export function giveWay(): void {
  try {
    os.setPriority(Number(path.basename(fs.readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {
    // No such file, or not allowed: it then competes like any other.
  }
}
