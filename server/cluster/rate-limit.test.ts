import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

const taken = (limit: RateLimit, times: number, atMs: number): number =>
  Array.from({ length: times }, () => limit.take(atMs)).filter(Boolean).length;

describe('rate limit', () => {
  it('allows a burst, then so many a second', () => {
    const limit = new RateLimit(10, 30, 0);
    expect(taken(limit, 100, 0)).toBe(30);
    expect(taken(limit, 100, 50)).toBe(0);
    expect(taken(limit, 100, 100)).toBe(1);
    expect(taken(limit, 100, 1100)).toBe(10);
  });

  it('saves up no more than one burst', () => {
    const limit = new RateLimit(10, 5, 0);
    expect(taken(limit, 100, 3600_000)).toBe(5);
  });

  it('does not make refused attempts wait longer', () => {
    const limit = new RateLimit(2, 1, 0);
    expect(limit.take(0)).toBe(true);
    for (let ms = 1; ms < 500; ms++) expect(limit.take(ms)).toBe(false);
    expect(limit.take(500)).toBe(true);
  });

  it('keeps to less than one a second, too', () => {
    const limit = new RateLimit(0.1, 1, 0);
    let allowed = 0;
    for (let second = 0; second < 100; second++) if (limit.take(second * 1000)) allowed += 1;
    expect(allowed).toBe(10);
  });
});
