import { describe, expect, it } from 'vitest';
import { DEFAULT_ENDPOINTING, Endpointing } from './endpointing.ts';

const LONG = 2000;
const FALLING = { pitchSemitones: -4 };
const RISING = { pitchSemitones: 4 };
const LEVEL = { pitchSemitones: 0.2 };
const UNVOICED = {};

describe('how long a silence ends a turn', () => {
  it('is shorter the more finished the words are', () => {
    const endpointing = new Endpointing();
    const of = (completeness: 'finished' | 'open' | 'trailing') =>
      endpointing.silenceMs({ completeness, contour: UNVOICED, speechMs: LONG });
    expect([of('finished'), of('open'), of('trailing')]).toEqual([
      DEFAULT_ENDPOINTING.finishedMs,
      DEFAULT_ENDPOINTING.openMs,
      DEFAULT_ENDPOINTING.trailingMs,
    ]);
    expect(of('finished')).toBeLessThan(of('open'));
    expect(of('open')).toBeLessThan(of('trailing'));
  });

  it('is shorter when the voice falls, longer when it stays up', () => {
    const endpointing = new Endpointing();
    const of = (contour: { pitchSemitones?: number }) =>
      endpointing.silenceMs({ completeness: 'finished', contour, speechMs: LONG });
    expect(of(FALLING)).toBeLessThan(of(UNVOICED));
    expect(of(LEVEL)).toBeGreaterThan(of(UNVOICED));
    expect(of(RISING)).toBe(of(UNVOICED));
  });

  it('heeds the voice only where the words are complete', () => {
    const endpointing = new Endpointing();
    for (const completeness of ['open', 'trailing'] as const)
      expect(endpointing.silenceMs({ completeness, contour: LEVEL, speechMs: LONG })).toBe(
        endpointing.silenceMs({ completeness, contour: FALLING, speechMs: LONG }),
      );
  });

  it('is longer after a very short utterance, which is often a beginning', () => {
    const endpointing = new Endpointing();
    const of = (speechMs: number) => endpointing.silenceMs({ completeness: 'open', contour: UNVOICED, speechMs });
    expect(of(300)).toBeGreaterThan(of(LONG));
  });

  it('takes its base from the configuration', () => {
    const endpointing = new Endpointing({ finishedMs: 100, openMs: 200, trailingMs: 300 });
    expect(endpointing.silenceMs({ completeness: 'trailing', contour: UNVOICED, speechMs: LONG })).toBe(300);
  });

  it('grows with every cut-off, up to a bound, and comes back slowly', () => {
    const endpointing = new Endpointing();
    const now = () => endpointing.silenceMs({ completeness: 'open', contour: UNVOICED, speechMs: LONG });
    const base = now();
    endpointing.cutOff();
    const once = now();
    expect(once).toBeGreaterThan(base + 100);
    for (let i = 0; i < 20; i++) endpointing.cutOff();
    const most = now();
    expect(most).toBeLessThanOrEqual(base + 500);
    endpointing.wasDone();
    expect(now()).toBeLessThan(most);
    expect(now()).toBeGreaterThan(base + 300);
    for (let i = 0; i < 40; i++) endpointing.wasDone();
    expect(now()).toBeCloseTo(base, 0);
  });
});
