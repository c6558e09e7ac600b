import { describe, expect, it } from 'vitest';
import { faceBitrate } from './media-agent.ts';

describe('the bitrate of a face', () => {
  it('follows the best line, leaving room for voices and other people', () => {
    expect(faceBitrate([1_000_000])).toBe(600_000);
    expect(faceBitrate([1_000_000, 700_000])).toBe(600_000);
  });

  it('is not more than lets the base layer through the slowest line', () => {
    expect(faceBitrate([5_000_000, 300_000])).toBe(300_000);
    expect(faceBitrate([Number.POSITIVE_INFINITY, 300_000])).toBe(300_000);
  });

  it('is bounded where nothing is known of any line, and where nobody watches', () => {
    expect(faceBitrate([Number.POSITIVE_INFINITY])).toBe(8_000_000);
    expect(faceBitrate([])).toBe(8_000_000);
  });
});
