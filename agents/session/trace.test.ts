import { afterEach, describe, expect, it } from 'vitest';
import { type SpanName, TRACE_LIMITS, TurnTrace } from '../../protocol/trace.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import { TurnTimes } from './trace.ts';

const LONG = 'Let me tell you a long story about the sea and all the fish that live in it.';

let scene: Scene;
afterEach(() => {
  scene.close();
});
const begin = (options?: SceneOptions): Scene => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  return scene;
};
const spans = (name: SpanName, trace = scene.traces.at(-1)!) => trace.spans.filter(span => span.name === name);
const span = (name: SpanName) => spans(name)[0]!;
const endOf = ({ startMs, durationMs }: { startMs: number; durationMs: number }) => startMs + durationMs;

describe('the trace of a turn', () => {
  it('tells each step in milliseconds from the end of speech, and is what the wire takes', async () => {
    begin({ asrMs: 70, ttsMs: 50, answer: () => 'That is nice. Tell me more.' });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 5000);
    const trace = scene.traces[0]!;
    expect(TurnTrace.parse(trace)).toEqual(trace);
    expect(trace).toMatchObject({
      outcome: 'completed',
      source: 'voice',
      sounded: true,
      cached: false,
      resumed: false,
    });
    expect(endOf(span('utterance'))).toBe(0);
    expect(Math.abs(span('utterance').durationMs - 1200)).toBeLessThanOrEqual(64);
    expect(span('endpointing')).toMatchObject({ startMs: 0 });
    expect(span('asr').durationMs).toBe(70);
    // Begun while the silence still ran.
    expect(span('asr').startMs).toBeLessThan(endOf(span('endpointing')));
    expect(span('first-token').startMs).toBeGreaterThanOrEqual(endOf(span('memory')));
    expect(spans('tts').map(({ durationMs, firstSoundMs }) => [durationMs, firstSoundMs])).toEqual([
      [50, 50],
      [50, 50],
    ]);
    expect(span('playout').startMs).toBe(trace.voiceToVoiceMs);
    expect(endOf(span('first-frame'))).toBe(trace.voiceToVoiceMs + 40);
    expect(spans('cut')).toEqual([]);
    expect(Math.abs(trace.atMs - (scene.clock.unixMs() - scene.clock.nowMs() + end))).toBeLessThanOrEqual(32);
  });

  it('has a cut from when somebody spoke over it, where its playout ends', async () => {
    begin({ answer: () => LONG });
    const end = scene.say('ann', 'Tell me a story.');
    await scene.advance(end + 2500);
    scene.say('ann', 'No, tell me about something else.');
    await scene.advance(1500);
    const [trace] = scene.traces;
    expect(trace).toMatchObject({ outcome: 'interrupted', resumed: false });
    const [cut, playout] = [span('cut'), span('playout')];
    expect(cut.startMs).toBe(endOf(playout));
    expect(cut.durationMs).toBeGreaterThan(100);
    expect(cut.durationMs).toBeLessThanOrEqual(700);
  });

  it('says that it was resumed after what was no interruption, and has no cut', async () => {
    begin({ answer: () => LONG });
    const end = scene.say('ann', 'Tell me a story.');
    await scene.advance(end + 2500);
    scene.say('ann', 'uh-huh', { durationMs: 300 });
    await scene.advance(9000);
    expect(scene.traces[0]).toMatchObject({ outcome: 'completed', resumed: true });
    expect(spans('cut')).toEqual([]);
  });

  it('of something typed has nothing that is for speech', async () => {
    begin();
    scene.type('ann', 'Hello');
    await scene.advance(4000);
    expect(scene.traces[0]!.source).toBe('text');
    expect(scene.traces[0]!.spans.map(({ name }) => name)).toEqual([
      'memory',
      'first-token',
      'first-sentence',
      'tts',
      'first-frame',
      'playout',
    ]);
  });

  it('says that the answer was known already', async () => {
    begin({
      async *answer() {
        yield { type: 'text', text: 'From nine to five.', cached: true };
      },
    });
    await scene.advance(scene.say('ann', 'When do you open?') + 4000);
    expect(scene.traces[0]).toMatchObject({ cached: true });
  });

  it('[C2] of a very long answer tells the first sentences only', () => {
    const times = new TurnTimes({ speechEndMs: 0, endpointMs: 0 });
    for (let sentence = 0; sentence < 100; sentence++) {
      times.told({ type: 'mark', step: 'sentence', sentence, atMs: sentence });
      times.told({ type: 'mark', step: 'made', sentence, atMs: sentence + 1 });
    }
    const turn = { turnId: 't', outcome: 'completed', source: 'text', sounded: false, voiceToVoiceMs: 0 } as const;
    const { spans: told } = TurnTrace.parse(times.trace(turn, 100, 1e12));
    expect(told).toHaveLength(TRACE_LIMITS.sentences);
  });
});
