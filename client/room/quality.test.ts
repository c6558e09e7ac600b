import { describe, expect, it } from 'vitest';
import { assess, readCounters } from './quality.ts';

const still = { lost: 0, received: 0 };

describe('the connection', () => {
  it('is good when little is lost and answers are quick', () => {
    expect(assess(still, { lost: 1, received: 400, rttMs: 40 }, [10, 9]).level).toBe('good');
  });

  it('is judged by what was lost lately, not by what was lost long ago', () => {
    const before = { lost: 500, received: 1_000 };
    expect(assess(before, { lost: 500, received: 1_400, rttMs: 40 }, []).level).toBe('good');
    expect(assess(before, { lost: 600, received: 1_400, rttMs: 40 }, []).level).toBe('poor');
  });

  it.each([
    ['a long way', { lost: 0, received: 100, rttMs: 400 }, [], 'fair'],
    ['a very long way', { lost: 0, received: 100, rttMs: 900 }, [], 'poor'],
    ['loss on the way up', { lost: 0, received: 100, remoteLoss: 0.05 }, [], 'fair'],
    ['one stream that suffers', { lost: 0, received: 100 }, [10, 5], 'fair'],
    ['one stream that is nearly dead', { lost: 0, received: 100 }, [10, 1], 'poor'],
  ] as const)('with %s is judged by it', (_, now, scores, level) => {
    expect(assess(still, now, scores).level).toBe(level);
  });

  it('is not spoiled by packets that turn up late', () => {
    expect(assess({ lost: 10, received: 100 }, { lost: 5, received: 200 }, [])).toMatchObject({
      level: 'good',
      loss: 0,
    });
  });
});

it('adds up all streams of a report and takes the path in use', () => {
  const counters = readCounters([
    { type: 'inbound-rtp', packetsLost: 2, packetsReceived: 100 },
    { type: 'inbound-rtp', packetsLost: 1, packetsReceived: 50 },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 },
    { type: 'remote-inbound-rtp', fractionLost: 0.02 },
  ]);
  expect(counters).toEqual({ lost: 3, received: 150, rttMs: 50, remoteLoss: 0.02 });
});
