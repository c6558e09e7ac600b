import { describe, expect, it } from 'vitest';
import type { AnimationEvent } from '../../../protocol/animation.ts';
import { animationCommands, TurnClock } from './animation.ts';

const viseme = (turn_id: string, start_sample: number): AnimationEvent => ({
  type: 'viseme',
  turn_id,
  viseme: 'aa',
  phoneme: 'aa',
  start_sample,
  peak_sample: start_sample + 2400,
  end_sample: start_sample + 4800,
  start_ms: start_sample / 48,
  duration_ms: 100,
  weight: 1,
  mouth_open: 0.9,
});
const clock = (sample: number, state: 'playing' | 'paused' = 'playing'): AnimationEvent => ({
  type: 'clock',
  turn_id: 't',
  at_ms: 0,
  sample,
  state,
});

describe('what a device draws', () => {
  it('is the mouth of each turn in its own time, and looks as they come', () => {
    const look: AnimationEvent = { type: 'gaze', at_ms: 1, x: 0.5, y: 0, duration_ms: 120 };
    expect([...animationCommands([viseme('t', 0), viseme('t', 4800), look, viseme('u', 960)])]).toMatchObject([
      { turn: 't', commands: { phonemes: [{ time_ms: 0 }, { time_ms: 100, duration_ms: 100 }], duration_ms: 200 } },
      { commands: { gaze: { x: 0.5, y: 0 }, duration_ms: 120 } },
      { turn: 'u', commands: { phonemes: [{ time_ms: 20, viseme: 'aa', mouth_open: 0.9 }] } },
    ]);
  });

  it('fits its sound: where the voice begins is told once, and again after a pause, whichever is known first', () => {
    const turn = new TurnClock();
    expect(turn.told(clock(960), 0)).toBeUndefined();
    expect(turn.began(32_000, 80)).toEqual({ type: 'sync', turn: 't', position: 32_000, time_ms: 20 });
    // A breath within the turn tells nothing new, nor do later clocks.
    expect(turn.began(40_000, 900)).toBeUndefined();
    expect(turn.told(clock(48_000), 1000)).toBeUndefined();
    turn.told(clock(48_000, 'paused'), 1200);
    expect(turn.began(64_000, 1500)).toBeUndefined();
    expect(turn.told(clock(48_000), 1510)).toEqual({ type: 'sync', turn: 't', position: 64_000, time_ms: 1000 });
  });
});
