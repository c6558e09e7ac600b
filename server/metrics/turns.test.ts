import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TurnTiming } from '../../protocol/conversation.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import { turnMetrics } from './turns.ts';

const TIMING: TurnTiming = {
  turnId: 't1',
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs: 500,
  stages: { endpointingMs: 250, asrMs: 30, dialogueMs: 100, ttsMs: 100, playoutMs: 20 },
};
const trace = (over: Partial<TurnTrace> = {}): TurnTrace => ({
  ...{ turnId: 't1', outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 500, atMs: 0 },
  ...{ cached: false, resumed: false },
  spans: [
    { name: 'endpointing', startMs: 0, durationMs: 250 },
    { name: 'asr', startMs: 100, durationMs: 60 },
    { name: 'first-token', startMs: 170, durationMs: 110 },
    { name: 'tts', startMs: 380, durationMs: 400, firstSoundMs: 100 },
    { name: 'tts', startMs: 800, durationMs: 300, firstSoundMs: 90 },
    { name: 'first-frame', startMs: 480, durationMs: 60 },
  ],
  ...over,
});

let registry: Registry;
let turns: ReturnType<typeof turnMetrics>;
beforeEach(() => {
  registry = new Registry();
  turns = turnMetrics([registry]);
});
const text = () => registry.metrics();

describe('the figures of turns', () => {
  it('have how long it took until each thing was reached, and how long each step took by itself', async () => {
    turns.observe(TIMING, trace());
    for (const [event, seconds] of [
      ['endpoint', 0.25],
      ['transcript', 0.16],
      ['first-token', 0.28],
      ['first-audio', 0.48],
      ['first-frame', 0.54],
    ])
      expect(await text()).toContain(`visavis_turn_until_seconds_sum{event="${event}"} ${seconds}`);
    expect(await text()).toContain('visavis_turn_span_seconds_sum{span="tts"} 0.7');
    expect(await text()).toContain('visavis_turn_span_seconds_count{span="tts"} 2');
    expect(await text()).toContain('visavis_turn_stage_seconds_sum{stage="dialogue"} 0.1');
  });

  it('tell resumed and cached turns from the others that came to their end', async () => {
    turns.observe(TIMING, trace());
    turns.observe(TIMING);
    turns.observe(TIMING, trace({ cached: true }));
    turns.observe(TIMING, trace({ cached: true, resumed: true }));
    turns.observe({ ...TIMING, outcome: 'interrupted' }, trace({ cached: true, resumed: true }));
    const counted = (await text()).split('\n').filter(line => line.startsWith('visavis_turns_total{'));
    expect(counted.toSorted()).toEqual([
      'visavis_turns_total{outcome="cached",source="voice"} 1',
      'visavis_turns_total{outcome="completed",source="voice"} 2',
      'visavis_turns_total{outcome="interrupted",source="voice"} 1',
      'visavis_turns_total{outcome="resumed",source="voice"} 1',
    ]);
  });

  it('have voice to voice as heard where the speaker’s page told what lies between, and only then', async () => {
    turns.observe(TIMING, trace());
    turns.observe(TIMING, trace(), { playoutDelayMs: 80 });
    turns.observe({ ...TIMING, source: 'text' }, trace(), { playoutDelayMs: 80, roundTripMs: 40 });
    turns.observe(TIMING, trace(), { playoutDelayMs: 80, roundTripMs: 40 });
    expect(await text()).toContain('visavis_turn_voice_to_voice_played_seconds_count 1');
    expect(await text()).toContain('visavis_turn_voice_to_voice_played_seconds_sum 0.62');
  });

  it('leave the latency of what nobody heard, or nobody asked for, out', async () => {
    turns.observe({ ...TIMING, sounded: false }, trace());
    turns.observe({ ...TIMING, source: 'greeting' }, trace());
    expect(await text()).toContain('visavis_turn_voice_to_voice_seconds_count 0');
    expect(await text()).not.toContain('visavis_turn_until_seconds_count{');
  });
});
