import fs from 'node:fs';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Of `/proc/PID/stat`: ticks a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** A kind of child process, and which ones there are now. */
export interface Child {
  name: string;
  pids(): readonly number[];
}

/** What a process has used; undefined where it is gone, or the system does not tell. */
export function usageOf(pid: number): { cpuSeconds: number; residentBytes: number } | undefined {
  try {
    // The name in parentheses may hold anything; the fields are counted behind it.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      residentBytes: Number(kilobytes ?? 0) * 1024,
    };
  } catch {
    return undefined;
  }
}

/** Processor time and memory of child processes, read when somebody asks. */
export function childMetrics(registers: Registry[], prefix: 'visavis_server' | 'visavis_agent') {
  const children: Child[] = [];
  const before = new Map<number, number>();
  new Gauge({
    name: `${prefix}_child_resident_bytes`,
    help: 'Memory of child processes',
    labelNames: ['process'],
    registers,
    collect() {
      const alive = new Set<number>();
      for (const { name, pids } of children) {
        let residentBytes = 0;
        for (const pid of pids()) {
          const usage = usageOf(pid);
          if (usage === undefined) continue;
          alive.add(pid);
          residentBytes += usage.residentBytes;
          cpu.inc({ process: name }, Math.max(0, usage.cpuSeconds - (before.get(pid) ?? 0)));
          before.set(pid, usage.cpuSeconds);
        }
        this.set({ process: name }, residentBytes);
      }
      for (const pid of before.keys()) if (!alive.has(pid)) before.delete(pid);
    },
  });
  // After the gauge, which is asked first and counts both.
  const cpu = new Counter({
    name: `${prefix}_child_cpu_seconds_total`,
    help: 'Processor time of child processes',
    labelNames: ['process'],
    registers,
  });
  return {
    follow: (child: Child) => void children.push(child),
  };
}
