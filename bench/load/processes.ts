import fs from 'node:fs';

const TICKS_PER_SECOND = 100;

/** A process and all its descendants. Linux only: elsewhere just the process. */
export function family(pid: number): number[] {
  try {
    const children = fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap(task =>
        fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number),
      );
    return [pid, ...children.flatMap(family)];
  } catch {
    return [pid];
  }
}

/** CPU time of processes so far, s; undefined where the system does not say. */
export function cpuSeconds(pids: readonly number[]): number | undefined {
  try {
    return pids.reduce((sum, pid) => {
      const fields = fs
        .readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    }, 0);
  } catch {
    return undefined;
  }
}

/** Resident memory of processes, MB; shared pages are counted once each (PSS). */
export function residentMb(pids: readonly number[]): number | undefined {
  try {
    return pids.reduce(
      (sum, pid) =>
        sum + Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024,
      0,
    );
  } catch {
    return undefined;
  }
}
