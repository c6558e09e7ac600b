import { describe, expect, it } from 'vitest';
import { Reception } from '../../protocol/reception.ts';
import { readReception, receptionOf } from './reception.ts';

const TRACKS = { audio: 'voice', video: 'face' };
const stats = (seconds: number, over: object = {}) => [
  {
    type: 'inbound-rtp',
    trackIdentifier: 'voice',
    // 60 ms a sample in the buffer.
    jitterBufferDelay: seconds * 48_000 * 0.06,
    jitterBufferEmittedCount: seconds * 48_000,
    estimatedPlayoutTimestamp: 1_000_000 + seconds * 1000,
    ...over,
  },
  { type: 'inbound-rtp', trackIdentifier: 'face', estimatedPlayoutTimestamp: 1_000_000 + seconds * 1000 - 12 },
  { type: 'inbound-rtp', trackIdentifier: 'somebody-else', jitterBufferDelay: 9e9, jitterBufferEmittedCount: 1 },
  { type: 'media-playout', totalPlayoutDelay: seconds * 48_000 * 0.02, totalSamplesCount: seconds * 48_000 },
];
const between = (before: object[], now: object[], roundTripMs?: number) =>
  receptionOf(
    readReception(before as Record<string, unknown>[], TRACKS),
    readReception(now as Record<string, unknown>[], TRACKS),
    roundTripMs,
  );

describe('how the avatar arrives, by the browser’s statistics', () => {
  it('takes the delay of jitter buffer and output since the last reading, and how far voice and picture are apart', () => {
    const reception = between(stats(10), stats(20), 40);
    expect(reception).toEqual({ playoutDelayMs: expect.closeTo(80), roundTripMs: 40, voiceAheadMs: 12 });
    expect(Reception.safeParse(reception).success).toBe(true);
  });

  it('tells no offset where the browser tells no playout times', () => {
    expect(between(stats(10), stats(20, { estimatedPlayoutTimestamp: undefined }))).toEqual({
      playoutDelayMs: expect.closeTo(80),
    });
  });

  it('tells nothing of silence, which has a packet now and then', () => {
    expect(between(stats(10), stats(10))).toBeUndefined();
    expect(between(stats(10), stats(10.5))).toBeUndefined();
    expect(between([], [])).toBeUndefined();
  });

  it('stays within what the server takes, whatever the browser says', () => {
    const mad = between(stats(10), stats(20, { jitterBufferDelay: 1e12, estimatedPlayoutTimestamp: 1e15 }), 1e9);
    expect(Reception.safeParse(mad).success).toBe(true);
  });
});
