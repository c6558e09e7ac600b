import fs from 'node:fs';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { childMetrics, usageOf } from './children.ts';

/** Works until the processor has given it so much time. */
const busy = (cpuMs: number) => {
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < cpuMs * 1000) Math.sqrt(cpuMs);
};

describe.skipIf(!fs.existsSync('/proc/self/stat'))('what child processes use (skipped where there is no /proc)', () => {
  it('is read of a process by its id, and nothing of one that is not there', () => {
    const before = usageOf(process.pid)!;
    expect(before.residentBytes).toBeGreaterThan(10e6);
    busy(60);
    const cpuSeconds = usageOf(process.pid)!.cpuSeconds - before.cpuSeconds;
    expect(cpuSeconds).toBeGreaterThan(0.02);
    expect(cpuSeconds).toBeLessThan(5);
    expect(usageOf(2 ** 30)).toBeUndefined();
  });

  it('adds up over processes of one kind, and over those that took their places', async () => {
    const registry = new Registry();
    const children = childMetrics([registry], 'visavis_server');
    let pids = [process.pid];
    children.follow({ name: 'worker', pids: () => pids });
    const read = async (name: string) => Number((await registry.getSingleMetricAsString(name)).split(' ').at(-1));
    const memory = 'visavis_server_child_resident_bytes';
    const cpu = 'visavis_server_child_cpu_seconds_total';
    expect(await read(memory)).toBeGreaterThan(10e6);
    const first = await read(cpu);
    expect(first).toBeGreaterThan(0);
    pids = [];
    expect(await read(memory)).toBe(0);
    expect(await read(cpu)).toBe(first);
    pids = [process.pid];
    await read(memory);
    expect(await read(cpu)).toBeGreaterThanOrEqual(2 * first);
  });
});
