import { describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../base/rates.ts';
import { quietTail, restSamples } from './rests.ts';

const restMs = (sentence: string, pauses = 1, seed = 't1 0') =>
  (restSamples(sentence, { pauses, seed }) / SPEECH_RATE) * 1000;

describe('a rest', () => {
  it('is short after a comma, longer after a sentence, and longest where something is left open', () => {
    const of = (sentence: string) => Array.from({ length: 9 }, (_, i) => restMs(sentence, 1, String(i)));
    expect(Math.max(...of('Well,'))).toBeLessThan(Math.min(...of('Yes.')));
    expect(Math.max(...of('Yes.'))).toBeLessThan(Math.min(...of('Perhaps …')));
  });

  it('is longer for the sad than for the happy', () => {
    expect(restMs('So it is.', 1.4) / restMs('So it is.', 0.9)).toBeCloseTo(1.4 / 0.9, 1);
  });

  it('is never twice the same, and in a replay the same again', () => {
    const rests = Array.from({ length: 40 }, (_, i) => restSamples('So it is.', { pauses: 1, seed: `t1 ${i}` }));
    expect(new Set(rests.map(samples => Math.round((samples / SPEECH_RATE) * 1000))).size).toBeGreaterThan(20);
    expect(new Set(rests).size).toBe(40);
    expect(restMs('So it is.')).toBe(restMs('So it is.'));
    for (const samples of rests) {
      expect(samples).toBeGreaterThanOrEqual(0.25 * SPEECH_RATE);
      expect(samples).toBeLessThanOrEqual(0.35 * SPEECH_RATE);
    }
  });

  it('has begun with the silence that the sentence ends with', () => {
    expect(quietTail(Int16Array.from([500, 10, -10]))).toBe(2);
    expect(quietTail(Int16Array.from([500]))).toBe(0);
  });
});
