import fs from 'node:fs';
import os from 'node:os';

/**
 * How soon threads and processes get the processor when there is too little of it, as nice values: what carries and
 * paces media first, then faces, then voices, before browsers and whatever else runs on the machine; `later` gets about a
 * tenth of what others get that want the same core.
 */
export const NICE = { media: -12, face: -8, speech: -4, later: 10 } as const;

/**
 * Gives a process its place; returns whether the system allowed it. To come before others is for root, or for who has
 * `ulimit -e` or systemd's `LimitNICE=`; where it is not allowed, nothing changes.
 */
export function placeProcess(pid: number, nice: number): boolean {
  try {
    os.setPriority(pid, nice);
    return true;
  } catch {
    return false;
  }
}

/** The same for the calling thread, and threads that it starts from then on. Only Linux has such priorities. */
export function placeThread(nice: number): boolean {
  try {
    // `PID/task/TID`: setpriority(2) takes a thread's own number there.
    return placeProcess(Number(fs.readlinkSync('/proc/thread-self').split('/').at(-1)), nice);
  } catch {
    return false;
  }
}
