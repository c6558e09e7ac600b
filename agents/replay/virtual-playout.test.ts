import { expect } from 'vitest';
import type { Progress } from '../perform/port.ts';
import { performanceConformance } from '../testing/performance-conformance.ts';
import { ReplayClock } from './replay-clock.ts';
import { VirtualPlayout } from './virtual-playout.ts';

const FRAME_MS = 20;
const LONGEST_MS = 60_000;

performanceConformance('the playout of a replay', async () => {
  const clock = new ReplayClock(0);
  const progress: Progress[] = [];
  const pass = (ms: number) => {
    // Time goes on only to something that happens.
    clock.after(ms, () => {});
    return clock.play(clock.nowMs() + ms);
  };
  return {
    performance: new VirtualPlayout(clock, { progress: each => progress.push(each), shown: () => {} }),
    progress,
    until: async holds => {
      while (!holds()) {
        expect(clock.nowMs()).toBeLessThan(LONGEST_MS);
        await pass(FRAME_MS);
      }
    },
    pass,
    close: async () => {},
  };
});
