import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem, until } from '../harness/system.ts';
import { fuzzBrowsers } from './browsers.ts';
import { fuzzHosts } from './hosts.ts';
import { UNLIMITED } from './limits.ts';
import { fuzzMedia } from './media.ts';
import { level, Oracle } from './oracle.ts';
import { fuzzRest, fuzzUploads } from './rest.ts';

/** The same attacks in every run of the tests; `npm run bench -- fuzz` makes new ones. */
const BUDGET = { seed: Number(process.env.FUZZ_SEED ?? 1), runs: 10_000, forMs: 4000 };
/** What was said is kept for who comes back, and caches fill once. */
const MAX_GROWTH_MB = 80;
const MAX_MORE_HANDLES = 40;

let system: System;
let oracle: Oracle;
let before: Awaited<ReturnType<typeof level>>;
beforeAll(async () => {
  system = await startSystem({
    graceMs: 50,
    agents: { spawn: 0 },
    limits: UNLIMITED,
    portraits: { maxCount: 1000, maxPerMaker: 1000 },
  });
  oracle = new Oracle(system);
  before = await level();
});
afterAll(async () => {
  oracle?.close();
  await system?.close();
});

describe(`a few seconds of attacks (FUZZ_SEED=${BUDGET.seed})`, () => {
  it('[S1] on the browsers’ signalling: each is answered, with a typed refusal where it is not right', async () => {
    expect(await fuzzBrowsers(system, oracle, BUDGET)).toBeGreaterThan(20);
  });

  it('by agent hosts gone mad: rooms stay, and nothing breaks', async () => {
    expect(await fuzzHosts(system, oracle, BUDGET)).toBeGreaterThan(5);
  });

  it('[S1] on every route of the API: no fault, no stack, no secret', async () => {
    expect(await fuzzRest(system, oracle, BUDGET)).toBeGreaterThan(10);
  });

  it('with pictures that are none, or broken', async () => {
    expect(await fuzzUploads(system, oracle, BUDGET)).toBeGreaterThan(0);
  });

  it('on the media thread’s port: the voice’s clock goes on', async () => {
    expect(await fuzzMedia(BUDGET)).toBeGreaterThan(50);
  });

  it('leave neither memory nor handles behind', async () => {
    const after = await level();
    expect(after.heapMb).toBeLessThan(before.heapMb + MAX_GROWTH_MB);
    expect(after.handles).toBeLessThan(before.handles + MAX_MORE_HANDLES);
    // That of who mends rooms may wait; those of attackers are gone.
    await until('the rooms of attackers to end', () => system.rooms.all.length < 3);
  });
});
