import fs from 'node:fs';

const TICK_MS = 10;

/**
 * For `Pulse`: how much of its silence is a process's own. Its main thread that runs, or wants to, has only what the
 * processor gave it; one that is stopped, or sleeps, has all of it. Undefined where the system does not tell (Linux
 * does, in proc(5)).
 */
export function silenceOf(pid: number, read = () => fs.readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8')) {
  let before: { usedMs: number; atMs: number } | undefined;
  return (): number | undefined => {
    let fields: string[];
    try {
      const stat = read();
      fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 13);
    } catch {
      return undefined;
    }
    const [state = '', usedMs] = [fields[0], (Number(fields[11]) + Number(fields[12])) * TICK_MS];
    const atMs = performance.now();
    const since = before;
    before = { usedMs, atMs };
    if (since === undefined) return 0;
    return state === 'R' ? Math.min(usedMs - since.usedMs, atMs - since.atMs) : atMs - since.atMs;
  };
}
