import { describe, expect, it } from 'vitest';
import { Reception } from './reception.ts';
import { writeSenderReport } from './rtp/wire.ts';

const SENT_MS = 1_700_000_000_250.5;
/** What a receiver quotes of our report: the middle of its NTP time. */
const lastReport = writeSenderReport(
  { ssrc: 1, unixMs: SENT_MS, timestamp: 0, packets: 0, octets: 0 },
  'x',
).readUInt32BE(10);
const report = (over: object) => ({
  type: 'loss' as const,
  ssrc: 7,
  fraction: 0,
  lost: 0,
  jitter: 0,
  lastReport,
  delay: 0,
  ...over,
});

describe('how our streams arrive at the router', () => {
  it('takes the round trip from the report that is quoted, less the time it lay there', () => {
    const reception = new Reception();
    reception.report(report({ delay: 65_536 }), SENT_MS + 1042);
    expect(reception.roundTripMs).toBeCloseTo(42, 0);
  });

  it('knows of no round trip before a report was quoted, nor from a clock that was set', () => {
    const reception = new Reception();
    reception.report(report({ lastReport: 0 }), SENT_MS + 10);
    reception.report(report({}), SENT_MS - 5_000);
    reception.report(report({}), SENT_MS + 3_600_000);
    expect(reception.roundTripMs).toBe(0);
  });

  it('counts what was lost of each stream, and late packets take nothing back', () => {
    const reception = new Reception();
    for (const lost of [3, 5, 4]) reception.report(report({ lost }), SENT_MS);
    expect(reception.lost).toEqual(new Map([[7, 5]]));
  });
});
