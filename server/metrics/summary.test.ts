import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricsSummary } from '../../protocol/rest.ts';
import { createMetrics, exposition } from './metrics.ts';
import { summaryOf } from './summary.ts';

const TIMING = {
  ...{ turnId: 't', outcome: 'completed' as const, source: 'voice' as const, sounded: true },
  stages: { endpointingMs: 250, asrMs: 30, dialogueMs: 100, ttsMs: 100, playoutMs: 20 },
};

/** What a host answers: so much was spent in so many seconds. */
async function host(cost: number, seconds: number): Promise<unknown[]> {
  const registry = new Registry();
  const counter = (name: string, value: number) => new Counter({ name, help: name, registers: [registry] }).inc(value);
  counter('visavis_provider_cost_total', cost);
  counter('visavis_conversation_seconds_total', seconds);
  return registry.getMetricsAsJSON();
}

describe('the summary of figures', () => {
  it('adds up the server and its hosts', async () => {
    const { registry, turns, process } = createMetrics();
    turns.observe({ ...TIMING, voiceToVoiceMs: 400 });
    turns.observe({ ...TIMING, voiceToVoiceMs: 600, outcome: 'interrupted' });
    process.httpRequests.inc({ status: '2xx' }, 7);
    process.httpRequests.inc({ status: '4xx' }, 2);
    const figures = [await registry.getMetricsAsJSON(), await host(0.3, 120), await host(0.1, 120)];
    const summary = MetricsSummary.parse(summaryOf(figures, { connections: 3 }));
    expect(summary).toMatchObject({
      ...{ avg_response_time: 0.5, avg_response_time_played: null, active_connections: 3, total_requests: 9 },
      ...{ turns: 2, turns_interrupted: 1, cost_per_conversation_minute: 0.1 },
    });
    expect(summary.memory_usage_gb).toBeGreaterThan(0.01);
  });

  it('has no response time before the first answer', async () => {
    const summary = summaryOf([await createMetrics().registry.getMetricsAsJSON()], { connections: 0 });
    expect(summary).toMatchObject({ avg_response_time: null, cost_per_conversation_minute: 0 });
  });
});

describe('the exposition', () => {
  it('sums what hosts count', async () => {
    const text = await exposition(createMetrics().registry, [await host(0.25, 60), await host(0.5, 60)]);
    expect(text).toContain('visavis_provider_cost_total 0.75');
    expect(text).toContain('visavis_rooms 0');
  });
});
