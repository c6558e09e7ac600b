import { beforeEach, describe, expect, it } from 'vitest';
import type { AnimationEvent } from '../../protocol/animation.ts';
import { Timeline } from './timeline.ts';

/** The agent's clock is this far ahead of the page's, and messages take 30 ms. */
const AGENT_MS = 1_000_000;
const WAY_MS = 30;
const DELAY_MS = 80;

/** A mouth that is open around one sample, and closed 100 ms before and after it. */
const open = (turn_id: string, peakMs: number): AnimationEvent => ({
  type: 'viseme',
  turn_id,
  viseme: 'aa',
  phoneme: 'aa',
  start_sample: (peakMs - 100) * 48,
  peak_sample: peakMs * 48,
  end_sample: (peakMs + 100) * 48,
  start_ms: peakMs - 100,
  duration_ms: 200,
  weight: 1,
  mouth_open: 1,
});
const clock = (turn_id: string, ms: number, leftMs: number, state: 'playing' | 'paused' = 'playing') =>
  ({ type: 'clock', turn_id, at_ms: AGENT_MS + leftMs, sample: ms * 48, state }) as const;

let timeline: Timeline;
beforeEach(() => {
  timeline = new Timeline();
});
/** What left the agent at `leftMs`. */
const take = (leftMs: number, ...events: AnimationEvent[]) => timeline.take(events, leftMs + WAY_MS);
/** The look that belongs to what left the agent at `leftMs`, when that is heard. */
const seen = (leftMs: number) => timeline.at(leftMs + WAY_MS + DELAY_MS, DELAY_MS);

describe('a timeline', () => {
  it('opens the mouth when its sample is heard, whatever the agent’s clock says', () => {
    take(0, open('t', 500), clock('t', 0, 0));
    expect(seen(500).shapes.aa).toBeCloseTo(1);
    expect(seen(450).shapes.aa).toBeCloseTo(0.5);
    expect(seen(700).shapes.aa ?? 0).toBe(0);
    // The jaw is ahead of the lips.
    expect(seen(470).mouthOpen).toBeCloseTo(1);
  });

  it('closes the lips for an m, however open the vowels around it are', () => {
    const lips = { ...open('t', 500), viseme: 'PP', mouth_open: 0 } as const;
    take(0, open('t', 480), open('t', 520), lips, clock('t', 0, 0));
    expect(seen(500).shapes).toEqual({ PP: 1 });
    expect(seen(470).mouthOpen).toBe(0);
  });

  it('trusts the quickest messages: one that was held up moves nothing', () => {
    take(0, open('t', 900), clock('t', 0, 0));
    for (let ms = 200; ms < 800; ms += 200) timeline.take([clock('t', ms, ms)], ms + WAY_MS + (ms % 400));
    expect(seen(900).shapes.aa).toBeCloseTo(1);
  });

  it('closes the mouth in a pause and goes on where it was', () => {
    take(0, open('t', 500), clock('t', 0, 0));
    take(400, clock('t', 400, 400, 'paused'));
    expect(seen(399).mouthOpen).toBeGreaterThan(0);
    expect(seen(500).mouthOpen).toBe(0);
    take(1000, clock('t', 400, 1000));
    expect(seen(1100).shapes.aa).toBeCloseTo(1);
  });

  it('[T2] shows what is still heard of a cancelled turn, and nothing more of it', () => {
    take(0, open('t', 300), open('t', 600), clock('t', 0, 0));
    take(310, { type: 'end', turn_id: 't', at_ms: AGENT_MS + 310, outcome: 'cancelled', sample: 310 * 48 });
    expect(seen(300).shapes.aa).toBeCloseTo(1);
    expect(seen(600).mouthOpen).toBe(0);
    take(700, open('u', 100), clock('u', 0, 700));
    expect(seen(800).shapes.aa).toBeCloseTo(1);
  });

  it('looks and feels as was said, from when it holds', () => {
    take(0, clock('t', 0, 0));
    const common = { at_ms: AGENT_MS + 500, duration_ms: 400 };
    take(500, { type: 'expression', ...common, state: 'speaking', emotion: 'happy', intensity: 0.8 });
    take(500, { type: 'gaze', ...common, x: -0.5, y: 0.25 }, { type: 'head', ...common, gesture: 'nod', amount: 1 });
    expect(seen(499)).toMatchObject({ state: 'idle', emotion: 'neutral', gaze: { x: 0, y: 0 }, nod: 0 });
    expect(seen(700)).toMatchObject({
      state: 'speaking',
      emotion: 'happy',
      intensity: 0.8,
      gaze: { x: -0.5, y: 0.25 },
    });
    expect(seen(700).nod).toBeCloseTo(1);
    expect(seen(901).nod).toBe(0);
  });
});
