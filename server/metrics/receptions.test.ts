import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { receptionMetrics } from './receptions.ts';

let registry: Registry;
let nowMs: number;
let receptions: ReturnType<typeof receptionMetrics>;
beforeEach(() => {
  registry = new Registry();
  nowMs = 0;
  receptions = receptionMetrics([registry], () => nowMs);
});
const drift = async () => (await registry.getSingleMetric('visavis_av_drift_seconds')!.get()).values[0]!.value;
const tell = (page: object, ...aheadMs: number[]) => {
  for (const voiceAheadMs of aheadMs) receptions.observe(page, { playoutDelayMs: 60, voiceAheadMs });
};

describe('how the avatar arrives at pages', () => {
  it('is told apart by what is ahead, and is no offset where a browser tells none', async () => {
    tell({}, 12, -8);
    receptions.observe({}, { playoutDelayMs: 60 });
    const text = await registry.metrics();
    expect(text).toContain('visavis_av_offset_seconds_sum{ahead="voice"} 0.012');
    expect(text).toContain('visavis_av_offset_seconds_sum{ahead="picture"} 0.008');
    expect(text).toContain('visavis_playout_delay_seconds_count 3');
  });

  it('drifts where it moves away from what it had settled at, at the page where it is worst', async () => {
    const [steady, moving] = [{}, {}];
    tell(steady, ...Array(30).fill(40));
    tell(moving, ...Array(6).fill(0));
    expect(await drift()).toBe(0);
    tell(moving, ...Array(30).fill(-20));
    expect(await drift()).toBeCloseTo(0.02, 3);
  });

  it('is forgotten of pages that have told nothing for long', async () => {
    tell({}, 0, 0, 0, 0, 0, 0, 100);
    expect(await drift()).toBeGreaterThan(0);
    nowMs = 3_600_000;
    expect(await drift()).toBe(0);
  });
});
