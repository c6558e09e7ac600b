import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { family, residentMb } from '../bench/load/processes.ts';
import { Peer } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

const CALLS = 10;
const LINUX = process.platform === 'linux';
/** Heaps of a dozen isolates that were not due for collection; ten calls that each left a thread would be 300 MB. */
const GROWTH_MB = 110;

const threads = (pid: number) => fs.readdirSync(`/proc/${pid}/task`).length;
const sockets = (pid: number) =>
  fs.readdirSync(`/proc/${pid}/fd`).filter(fd => {
    try {
      return fs.readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

describe.skipIf(!LINUX)('[C1] after calls are over (skipped where there is no /proc)', () => {
  let system: System;
  const before = process.getActiveResourcesInfo();

  beforeAll(async () => {
    // Whoever hangs up is not expected back.
    system = await startSystem({ graceMs: 50 });
    await system.ready();
  });
  afterAll(() => system?.close());

  const call = async (room: string) => {
    const peer = await Peer.join(system.url, room, 'Ann');
    await until('the avatar’s picture', () => peer.video.length > 5);
    peer.close();
    await until('the room to end', () => system.rooms.find(room) === undefined);
  };
  /** All threads of calls have ended and the next ones are warm. */
  const census = async () => {
    const [host = 0] = system.spawner.pids;
    let last = { threads: -1, sockets: -1, children: -1 };
    await until(
      'the agent host to come to rest',
      async () => {
        const now = { threads: threads(host), sockets: sockets(host), children: family(host).length };
        const same = JSON.stringify(now) === JSON.stringify(last);
        last = now;
        await new Promise(resolve => setTimeout(resolve, 1500));
        return same;
      },
      60_000,
    );
    return { ...last, media: await system.engine.census(), memoryMb: residentMb(family(host)) ?? 0 };
  };

  it('leaves no thread, socket, child process, router or transport, and memory returns', async () => {
    await call('warm-up-1');
    await call('warm-up-2');
    const first = await census();
    for (let i = 0; i < CALLS; i++) await call(`call-${i}`);
    const last = await census();
    expect(last.media).toEqual({ routers: 0, transports: 0 });
    expect({ threads: last.threads, sockets: last.sockets, children: last.children }).toEqual({
      threads: first.threads,
      sockets: first.sockets,
      children: first.children,
    });
    expect(last.memoryMb - first.memoryMb).toBeLessThan(GROWTH_MB);
  });

  it('closes the whole product and leaves nothing in the process that ran it', async () => {
    const pids = system.spawner.pids.flatMap(family);
    await system.close();
    for (const pid of pids) expect(fs.existsSync(`/proc/${pid}`), `process ${pid} still runs`).toBe(false);
    const kinds = (list: string[]) =>
      list.filter(kind => /Timeout|TCP|Process|Worker|MessagePort/.test(kind)).toSorted();
    await until('handles to close', () => kinds(process.getActiveResourcesInfo()).length <= kinds(before).length + 1);
    expect(kinds(process.getActiveResourcesInfo()).filter(kind => kind !== 'Timeout')).toEqual(
      kinds(before).filter(kind => kind !== 'Timeout'),
    );
  });
});
