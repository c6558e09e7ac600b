import { Counter, Histogram, type Registry } from 'prom-client';
import type { ToolOutcome } from '../think/toolbox.ts';

/** Names of tools that are told apart; persona files may change, and the figures stay bounded. */
const MOST_TOOLS = 100;

/** What language models have tools do. */
export function toolMetrics(registers: Registry[]) {
  const calls = new Counter({
    name: 'visavis_tool_calls_total',
    help: 'Tools that language models called, by what became of it',
    labelNames: ['tool', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'visavis_tool_seconds',
    help: 'How long tools took to answer, or to fail',
    labelNames: ['tool'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const tools = new Set<string>();
  return {
    /** @param name absent: there is no such tool  @param tookMs absent: nothing was sent */
    toolCalled(outcome: ToolOutcome, name?: string, tookMs?: number): void {
      if (name !== undefined && tools.size < MOST_TOOLS) tools.add(name);
      const tool = name !== undefined && tools.has(name) ? name : 'other';
      calls.inc({ tool, outcome });
      if (tookMs !== undefined) seconds.observe({ tool }, tookMs / 1000);
    },
  };
}
