import { AggregatorRegistry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { LineStats } from '../line/port.ts';
import { createAgentMetrics } from './metrics.ts';

const stats = (over: Partial<LineStats> = {}): LineStats => ({
  ...{ framesSent: 0, framesDropped: 0, framesLate: 0, framesFailed: 0, keyframes: 0, videoBytes: 0, audioPackets: 0 },
  ...{ underruns: 0, rtpReceived: 0, rtpLost: 0, rtpRecovered: 0, rtpLate: 0, jitterMs: 0, renderMs: 0, encodeMs: 0 },
  ...{ sentAudioLost: 0, sentVideoLost: 0, roundTripMs: 0, ticksLate: 0, tickLateMs: 0, targetBitrate: 0 },
  ...over,
});

describe('the figures of the media threads', () => {
  it('add what each conversation counted since it was last asked', async () => {
    const metrics = createAgentMetrics();
    metrics.media(stats({ framesSent: 10, ticksLate: 2, sentVideoLost: 3 }), undefined);
    metrics.media(
      stats({ framesSent: 25, ticksLate: 2, sentVideoLost: 4 }),
      stats({ framesSent: 10, ticksLate: 2, sentVideoLost: 3 }),
    );
    const text = await metrics.registry.metrics();
    expect(text).toContain('visavis_avatar_frames_total{outcome="sent"} 25');
    expect(text).toContain('visavis_media_ticks_late_total 2');
    expect(text).toContain('visavis_rtp_sent_lost_packets_total{kind="video"} 4');
  });

  it('have the worst conversation of this moment, and of all hosts, where a sum means nothing', async () => {
    const [one, other] = [createAgentMetrics(), createAgentMetrics()];
    one.mediaNow([stats({ jitterMs: 90, tickLateMs: 12 }), stats({ jitterMs: 30, roundTripMs: 3 })]);
    other.mediaNow([stats({ jitterMs: 20, targetBitrate: 800_000 })]);
    const hosts = await Promise.all([one, other].map(({ registry }) => registry.getMetricsAsJSON()));
    const text = await AggregatorRegistry.aggregate(hosts as never).metrics();
    expect(text).toContain('visavis_rtp_jitter_seconds 0.09');
    expect(text).toContain('visavis_media_tick_late_seconds 0.012');
    expect(text).toContain('visavis_rtp_round_trip_seconds 0.003');
    expect(text).toContain('visavis_avatar_video_target_bytes_per_second 100000');
    one.mediaNow([]);
    expect(await one.registry.metrics()).toContain('visavis_rtp_jitter_seconds 0');
  });
});
