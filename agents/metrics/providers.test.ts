import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import { metered } from '../base/meter.ts';
import { createAgentMetrics } from './metrics.ts';

const LLM = { stage: 'dialogue', provider: 'openai', model: 'some-model' } as const;
const WHO = 'stage="dialogue",provider="openai",model="some-model"';
const { prices } = AgentSettings.parse({
  prices: {
    'openai/some-model': { inputPerMillion: 2, outputPerMillion: 10 },
    'openai/some-voice': { charactersPerMillion: 15, perAudioMinute: 0.6 },
  },
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function* pieces(...all: (string | Error)[]): AsyncGenerator<string> {
  for (const piece of all) {
    vi.advanceTimersByTime(100);
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

describe('the figures of providers', () => {
  it('time the first piece of an answer, and count what became of the question', async () => {
    const metrics = createAgentMetrics();
    const meter = metrics.meter(LLM);
    const { signal } = new AbortController();
    for await (const _ of metered(meter.call(), pieces('a', 'b'), signal));
    for await (const _ of metered(meter.call(), pieces('a', 'b'), signal)) break;
    const failing = metered(meter.call(), pieces(new Error('gone')), signal);
    await expect(failing.next()).rejects.toThrow('gone');
    const aborted = metered(meter.call(), pieces(new Error('aborted')), AbortSignal.abort());
    await expect(aborted.next()).rejects.toThrow('aborted');
    const text = await metrics.registry.metrics();
    expect(text).toContain(`visavis_provider_calls_total{${WHO},outcome="ok"} 1`);
    expect(text).toContain(`visavis_provider_calls_total{${WHO},outcome="cancelled"} 2`);
    expect(text).toContain(`visavis_provider_calls_total{${WHO},outcome="failed"} 1`);
    expect(text).toContain(`visavis_provider_first_seconds_count{${WHO}} 2`);
    expect(text).toContain(`visavis_provider_first_seconds_sum{${WHO}} 0.2`);
  });

  it('estimate what it costs by the prices of the settings, and per minute of conversation', async () => {
    const metrics = createAgentMetrics(prices);
    metrics.jobBegan();
    vi.advanceTimersByTime(120_000);
    metrics.jobEnded();
    vi.advanceTimersByTime(600_000);
    metrics.meter(LLM).used({ inputTokens: 100_000, outputTokens: 20_000 });
    metrics
      .meter({ stage: 'tts', provider: 'openai', model: 'some-voice' })
      .used({ characters: 40_000, audioSeconds: 60 });
    metrics.meter({ stage: 'asr', provider: 'sherpa', model: 'moonshine-tiny' }).used({ audioSeconds: 999 });
    const text = await metrics.registry.metrics();
    expect(text).toContain(`visavis_provider_cost_total{${WHO}} 0.4`);
    expect(text).toContain('visavis_provider_cost_total{stage="tts",provider="openai",model="some-voice"} 1.2');
    expect(text).toContain('visavis_provider_cost_total{stage="asr",provider="sherpa",model="moonshine-tiny"} 0');
    expect(text).toContain('visavis_conversation_seconds_total 120');
    expect(text).toContain('visavis_cost_per_conversation_minute 0.8');
  });

  it('tell counted tokens from estimated ones', async () => {
    const metrics = createAgentMetrics();
    metrics.meter(LLM).used({ inputTokens: 30, outputTokens: 5 });
    metrics.meter(LLM).used({ inputTokens: 40, outputTokens: 0, estimated: true });
    const text = await metrics.registry.metrics();
    expect(text).toContain(`visavis_provider_tokens_total{${WHO},direction="input",counted="told"} 30`);
    expect(text).toContain(`visavis_provider_tokens_total{${WHO},direction="output",counted="told"} 5`);
    expect(text).toContain(`visavis_provider_tokens_total{${WHO},direction="input",counted="estimated"} 40`);
  });

  it.each([
    [{ 'gpt-4o-mini': {} }, /openai\/gpt-5.4-mini/],
    [{ 'openai/x': { inputPerMillion: -1 } }, />=0/],
    [{ 'openai/x': { perToken: 1 } }, /perToken/],
  ])('refuse the price list %j', (wrong, message) => {
    expect(AgentSettings.safeParse({ prices: wrong }).error?.message).toMatch(message);
  });
});
