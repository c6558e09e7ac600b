import { describe, expect, it } from 'vitest';
import { bent, intonated, rising } from './intonation.ts';
import { FIGURES, type Plan } from './model.ts';
import { paused } from './pausing.ts';

/** Three words of ten frames at 200 Hz, with a pause of twenty after the first. */
function plan(): Plan {
  const frames = 50;
  const f0 = Float32Array.from({ length: frames }, (_, i) => (i >= 10 && i < 30 ? 0 : 200));
  const features = Float32Array.from({ length: FIGURES * frames }, (_, i) => i % frames);
  const span = (phone: string, word: number, startFrame: number, endFrame: number) => ({
    phone,
    word,
    startFrame,
    endFrame,
    stress: 1 as const,
  });
  return {
    frames,
    f0,
    features,
    spans: [span('ow', 0, 0, 10), span('pau', 0, 10, 30), span('iy', 1, 30, 40), span('ay', 2, 40, 50)],
  };
}
const pitches = ({ f0 }: Plan) => [...f0].filter(hz => hz > 0);

describe('the tune of a sentence', () => {
  it('has another mean and another spread where there is voice, and the frames are told', () => {
    const flat = Float32Array.from([0, 100, 400]);
    expect([...bent(flat, { pitch: 1, range: 0.5 })].map(Math.round)).toEqual([0, 141, 283]);
    expect([...bent(flat, { pitch: 2, range: 1 })].map(Math.round)).toEqual([0, 200, 800]);
    const { features, frames } = intonated(plan(), { pitch: 1.5, range: 1 });
    expect(features[(FIGURES - 2) * frames + 45]).toBeCloseTo(Math.log(301) / 5, 5);
    expect(features[(FIGURES - 2) * frames + 20]).toBe(20);
  });

  it('of a question rises from the last stressed vowel on', () => {
    const asked = rising(plan());
    expect(asked.f0.slice(0, 40)).toEqual(plan().f0.slice(0, 40));
    expect(asked.f0[49]! / 200).toBeGreaterThan(1.2);
    expect(asked.f0[43]!).toBeLessThan(asked.f0[46]!);
  });
});

describe('the pauses of a sentence', () => {
  const pause = (given: Plan) => given.spans[1]!.endFrame - given.spans[1]!.startFrame;

  it('are longer and shorter, and nothing else is', () => {
    for (const pauses of [0.3, 0.8, 1, 1.5]) {
      const held = paused(plan(), ['So,', 'it', 'is.'], pauses);
      expect(Math.abs(pause(held) - 20 * pauses)).toBeLessThanOrEqual(5);
      expect(pitches(held)).toEqual(pitches(plan()));
      expect(held.frames).toBe(50 + pause(held) - 20);
      expect(held.features.length).toBe(FIGURES * held.frames);
      expect(held.spans.at(-1)).toMatchObject({ endFrame: held.frames });
    }
  });

  it('are not all the same', () => {
    const lengths = ['So,', 'Now,', 'Then,', 'Still,', 'Here,'].map(first =>
      pause(paused(plan(), [first, 'it', 'is.'], 1)),
    );
    expect(new Set(lengths).size).toBeGreaterThan(2);
  });

  it('are long after words with which somebody begins to think', () => {
    expect(pause(paused(plan(), ['Hm,', 'it', 'is.'], 1))).toBeGreaterThan(35);
  });
});
