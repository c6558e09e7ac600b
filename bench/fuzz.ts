/**
 * Attacks without end, or nearly: signalling of browsers and agent hosts, the API, uploads, and RTP, each with new
 * attacks from a seed that is printed. FUZZ_MESSAGES says how many (100 000), FUZZ_SEED repeats a run.
 */
import { randomInt } from 'node:crypto';
import { fuzzBrowsers } from '../test/fuzz/browsers.ts';
import { fuzzHosts } from '../test/fuzz/hosts.ts';
import { UNLIMITED } from '../test/fuzz/limits.ts';
import { fuzzMedia } from '../test/fuzz/media.ts';
import { level, Oracle } from '../test/fuzz/oracle.ts';
import { fuzzRest, fuzzUploads } from '../test/fuzz/rest.ts';
import type { Budget } from '../test/fuzz/run.ts';
import { type System, startSystem } from '../test/harness/system.ts';
import { SHORT } from './load/product.ts';

const MESSAGES = Number(process.env.FUZZ_MESSAGES ?? (SHORT ? 10_000 : 100_000));
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
/** Of all messages, and roughly how many one run of each sends. */
const TARGETS = [
  { name: 'browsers', share: 0.3, perRun: 17, attack: fuzzBrowsers },
  { name: 'hosts', share: 0.05, perRun: 19, attack: fuzzHosts },
  { name: 'rest', share: 0.15, perRun: 25, attack: fuzzRest },
  { name: 'uploads', share: 0.005, perRun: 1, attack: fuzzUploads },
  { name: 'rtp', share: 0.5, perRun: 150, attack: (_: System, __: Oracle, budget: Budget) => fuzzMedia(budget) },
] as const;
const FOR_MS = 3_600_000;
export async function bench(): Promise<object> {
  console.log(`FUZZ_SEED=${SEED} FUZZ_MESSAGES=${MESSAGES}`);
  const system = await startSystem({
    graceMs: 50,
    agents: { spawn: 0 },
    limits: UNLIMITED,
    portraits: { maxCount: 100_000, maxPerMaker: 100_000 },
  });
  const oracle = new Oracle(system);
  const sent: Record<string, number> = {};
  try {
    // Once through, so that what is made once is not taken for a leak.
    for (const { attack } of TARGETS) await attack(system, oracle, { seed: SEED + 1, runs: 5, forMs: FOR_MS });
    const before = await level();
    const beganMs = performance.now();
    for (const { name, share, perRun, attack } of TARGETS) {
      sent[name] = 0;
      for (let round = 0; sent[name] < MESSAGES * share; round++) {
        const runs = Math.max(1, Math.ceil((MESSAGES * share - sent[name]) / perRun));
        sent[name] += await attack(system, oracle, { seed: SEED + round, runs, forMs: FOR_MS });
      }
      console.log(`${name}: ${sent[name]} messages`);
    }
    const seconds = Math.round((performance.now() - beganMs) / 1000);
    const after = await level();
    return {
      fuzzMessages: Object.values(sent).reduce((sum, each) => sum + each, 0),
      byTarget: sent,
      seed: SEED,
      seconds,
      heapMb: [before.heapMb, after.heapMb],
      handles: [before.handles, after.handles],
    };
  } finally {
    oracle.close();
    await system.close();
  }
}
