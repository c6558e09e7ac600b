import { describe, expect, it } from 'vitest';
import { hasAnswered, lastingOf } from './answered.ts';

describe('[S1] what an avatar may notice', () => {
  it('is asked of who has said nothing yet, and is no until they have', () => {
    expect(hasAnswered({})).toBe(false);
    expect(hasAnswered({ consent: {} })).toBe(false);
    expect(lastingOf({})).toEqual({ feelings: false, sight: false });
  });

  it('is not asked again, whether they said yes or no', () => {
    expect(hasAnswered({ consent: { feelings: false, sight: false } })).toBe(true);
    expect(hasAnswered({ consent: { feelings: true } })).toBe(true);
    expect(lastingOf({ consent: { feelings: true } })).toEqual({ feelings: true, sight: false });
  });
});
