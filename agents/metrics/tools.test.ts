import { describe, expect, it } from 'vitest';
import { createAgentMetrics } from './metrics.ts';

describe('the figures of tools', () => {
  it('count calls by what became of them, and time those that were sent', async () => {
    const metrics = createAgentMetrics();
    metrics.toolCalled('ok', 'order', 250);
    metrics.toolCalled('bad-arguments', 'order');
    metrics.toolCalled('bad-arguments');
    const figures = await metrics.registry.metrics();
    expect(figures).toContain('visavis_tool_calls_total{tool="order",outcome="ok"} 1');
    expect(figures).toContain('visavis_tool_calls_total{tool="order",outcome="bad-arguments"} 1');
    expect(figures).toContain('visavis_tool_calls_total{tool="other",outcome="bad-arguments"} 1');
    expect(figures).toContain('visavis_tool_seconds_sum{tool="order"} 0.25');
    expect(figures).toContain('visavis_tool_seconds_count{tool="order"} 1');
  });

  it('stay bounded, however many tools there have been', async () => {
    const metrics = createAgentMetrics();
    for (let i = 0; i < 150; i++) metrics.toolCalled('ok', `tool-${i}`, 1);
    const figures = await metrics.registry.metrics();
    expect(figures.match(/^visavis_tool_calls_total\{/gm)).toHaveLength(101);
    expect(figures).toContain('visavis_tool_calls_total{tool="other",outcome="ok"} 50');
  });
});
