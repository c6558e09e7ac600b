import { describe, expect, it } from 'vitest';
import { Gestures } from './gestures.ts';

const STEP_MS = 5;
const at = (gestures: Gestures, ms: number, more: object = {}) =>
  gestures.at(
    {
      atMs: ms,
      state: 'speaking',
      emotion: 'neutral',
      intensity: 0,
      speech: { turnId: 't', sample: ms * 48 },
      ...more,
    },
    STEP_MS,
  );

describe('movements that belong to words', () => {
  const nod = { kind: 'nod' as const, startSample: 4800, endSample: 28_800, amount: -0.8 };

  it('go there and back without a jump, also where speech is cut off in their middle', () => {
    const gestures = new Gestures();
    gestures.speech('t', [nod]);
    let before = 0;
    let lowest = 0;
    for (let ms = 0; ms < 1500; ms += STEP_MS) {
      const now = at(gestures, ms, ms > 350 ? { speech: undefined } : {}).nod;
      expect(Math.abs(now - before)).toBeLessThan(0.05);
      lowest = Math.min(lowest, now);
      before = now;
    }
    expect(lowest).toBeLessThan(-0.5);
    expect(Math.abs(before)).toBeLessThan(0.01);
  });

  it('are those of a turn that is not dropped, and of nobody who wants little movement', () => {
    const gestures = new Gestures();
    gestures.speech('t', [nod]);
    for (let ms = 0; ms < 400; ms += STEP_MS) expect(at(gestures, ms, { reducedMotion: true }).nod).toBeCloseTo(0);
    gestures.drop('t');
    for (let ms = 0; ms < 400; ms += STEP_MS) expect(at(gestures, ms).nod).toBeCloseTo(0);
  });
});
