import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Notice, NoticeName } from '../protocol/signaling.ts';
import { Caller, type Joined } from './harness/attacker.ts';
import { type System, startSystem, until } from './harness/system.ts';

let system: System;
beforeAll(async () => {
  // Two that serve: one is stopped, the other takes its room over.
  system = await startSystem({ agents: { spawn: 2 } });
  await system.ready();
  await until('both hosts', () => system.hosts().filter(({ ready }) => ready).length === 2, 60_000);
});
afterAll(() => system?.close());

const seen = <N extends NoticeName>({ caller }: Joined, name: N): Notice<N>[] =>
  caller.notices.filter(notice => notice.name === name).map(({ payload }) => payload as Notice<N>);
const answers = (joined: Joined) =>
  new Set(seen(joined, 'log.entry').flatMap(({ entry }) => (entry.role === 'avatar' && entry.final ? [entry.id] : [])));
async function say(joined: Joined, text: string): Promise<string> {
  const reply = await joined.caller.send('say', { text });
  if (!reply.ok) throw new Error(reply.error.message);
  return (reply.data as { entryId: string }).entryId;
}

it('[S1] a host that hangs is killed and replaced; its room goes on without what it hung on, other rooms notice nothing', async () => {
  const people: Joined[] = [];
  // One after the other, so that each host has one.
  for (const room of ['red', 'blue']) {
    const joined = await Caller.join(system, 'ann', { room });
    people.push(joined);
    await until('an avatar', () => joined.snapshot.agent !== undefined || seen(joined, 'agent.state').length > 0);
    await until('its greeting', () => answers(joined).size > 0);
    await until('its host to say so', () => system.hosts().filter(({ jobs }) => jobs === 1).length === people.length);
  }
  const before = people.map(joined => seen(joined, 'participant.left').length);
  const [pid] = system.spawner.pids;
  const said = await Promise.all(people.map(joined => say(joined, 'Please tell me a long story about the sea.')));
  process.kill(pid!, 'SIGSTOP');
  const stoppedMs = performance.now();
  await until('the host to be gone', () => !system.spawner.pids.includes(pid!), 10_000);
  const hung = people.findIndex(joined => seen(joined, 'agent.restarted').length > 0);
  await until('the avatar to be back', () => seen(people[hung]!, 'participant.joined').length > 0, 10_000);
  console.log(`replaced ${Math.round(performance.now() - stoppedMs)} ms after it stopped`);

  expect(seen(people[hung]!, 'agent.restarted')).toEqual([
    { identity: 'avatar', entryIds: expect.arrayContaining([said[hung]]) },
  ]);
  const known = answers(people[hung]!).size;
  await say(people[hung]!, 'What is your name?');
  await until('an answer', () => answers(people[hung]!).size > known);
  expect(seen(people[1 - hung]!, 'participant.left')).toHaveLength(before[1 - hung]!);
  for (const { caller } of people) caller.close();
});

it('a media worker that hangs is ended and replaced; its people come back', async () => {
  const pids = system.engine.workerPids;
  const [pid] = pids;
  process.kill(pid!, 'SIGSTOP');
  await until('another worker', () => {
    const now = system.engine.workerPids;
    return now.length === pids.length && !now.includes(pid!);
  });
  const { caller } = await Caller.join(system, 'eve', { room: 'green' });
  caller.close();
});
