import { describe, expect, it } from 'vitest';
import { ANIMATION_LIMITS, AnimationEvent, AnimationEvents } from './animation.ts';

/** One good example of each. */
const GOOD: AnimationEvent[] = [
  {
    type: 'viseme',
    turn_id: 't',
    viseme: 'aa',
    phoneme: 'ah',
    start_sample: 0,
    peak_sample: 960,
    end_sample: 4800,
    start_ms: 0,
    duration_ms: 100,
    weight: 1,
    mouth_open: 0.6,
  },
  {
    type: 'expression',
    turn_id: 't',
    at_ms: 1,
    state: 'speaking',
    emotion: 'happy',
    intensity: 0.7,
    duration_ms: 320,
  },
  { type: 'gaze', turn_id: 't', at_ms: 1, x: -0.4, y: 0, duration_ms: 120 },
  { type: 'head', turn_id: 't', at_ms: 1, gesture: 'nod', amount: 0.5, duration_ms: 850 },
  { type: 'clock', turn_id: 't', at_ms: 1, sample: 960, state: 'playing' },
  { type: 'end', turn_id: 't', at_ms: 1, outcome: 'completed', sample: 960 },
];
const accepted = (value: unknown) => AnimationEvent.safeParse(value).success;

describe.each(GOOD)('a $type event', good => {
  it('is accepted when it is right', () => {
    expect(AnimationEvent.parse(good)).toEqual(good);
  });

  it('is refused when any of its parts is of another type or out of range', () => {
    const wrong = [null, true, -2, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 'x'.repeat(200), '', [], {}, () => {}];
    for (const [key, value] of Object.entries(good))
      for (const other of wrong) {
        const fits =
          (key === 'phoneme' && other === '') || ((key === 'at_ms' || key === 'start_ms') && other === 1e300);
        if (!fits) expect(accepted({ ...good, [key]: other }), `${key}: ${String(other)} for ${value}`).toBe(false);
      }
  });

  it('is refused when any of its parts is missing, but for the turn of what is not part of one', () => {
    for (const key of Object.keys(good)) {
      const { [key as 'type']: _, ...rest } = good;
      const optional = key === 'turn_id' && ['expression', 'gaze', 'head'].includes(good.type);
      expect(accepted(rest), key).toBe(optional);
    }
  });
});

describe('animation events', () => {
  it('have mouths that start, peak and end in this order', () => {
    const [mouth] = GOOD;
    expect(accepted({ ...mouth, peak_sample: 4801 })).toBe(false);
    expect(accepted({ ...mouth, start_sample: 961 })).toBe(false);
  });

  it('[C2] come in messages of bounded size', () => {
    const many = Array.from({ length: ANIMATION_LIMITS.eventsPerMessage + 1 }, () => GOOD[4]);
    expect(AnimationEvents.safeParse(many.slice(1)).success).toBe(true);
    expect(AnimationEvents.safeParse(many).success).toBe(false);
    expect(AnimationEvents.safeParse([]).success).toBe(false);
  });

  it('survive anything: what is accepted is within all bounds', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const junk: unknown[] = [
      undefined,
      null,
      0,
      -1,
      0.5,
      1,
      2,
      1e9,
      Number.NaN,
      '',
      't',
      'aa',
      'happy',
      [],
      {},
      { toString: 1 },
    ];
    const keys = [...new Set(GOOD.flatMap(event => Object.keys(event)))];
    let taken = 0;
    for (let i = 0; i < 20_000; i++) {
      const event: Record<string, unknown> = { ...GOOD[random(GOOD.length)] };
      for (let n = random(4); n > 0; n--) event[keys[random(keys.length)]!] = junk[random(junk.length)];
      const { success, data } = AnimationEvent.safeParse(event);
      if (!success) continue;
      taken++;
      for (const [key, value] of Object.entries(data)) {
        if (typeof value !== 'number') continue;
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(['x', 'y', 'amount'].includes(key) ? -1 : 0);
        if (['x', 'y', 'amount', 'weight', 'mouth_open', 'intensity'].includes(key))
          expect(value).toBeLessThanOrEqual(1);
        if (key.endsWith('sample')) expect(Number.isInteger(value)).toBe(true);
      }
    }
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(19_000);
  });
});
