import { Counter, Gauge, type Registry } from 'prom-client';
import type { LineStats } from '../line/port.ts';

/** What the media threads send and receive. */
export function mediaMetrics(registers: Registry[]) {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const worstOf = (name: string, help: string) => new Gauge({ name, help, registers, aggregator: 'max' });

  const frames = counter('visavis_avatar_frames_total', 'Pictures of avatars, by what became of them', ['outcome']);
  const seconds = counter('visavis_avatar_frame_seconds_total', 'Time spent on pictures, by step', ['step']);
  const keyframes = counter('visavis_avatar_keyframes_total', 'Keyframes sent');
  const videoBytes = counter('visavis_avatar_video_bytes_total', 'Encoded video sent');
  const target = new Gauge({
    name: 'visavis_avatar_video_target_bytes_per_second',
    help: 'What the viewers’ lines leave to the encoders, all together',
    registers,
  });
  const underruns = counter('visavis_avatar_audio_underruns_total', 'Voice frames that were due before they existed');
  const packets = counter('visavis_rtp_received_packets_total', 'Voice packets from people, by what became of them', [
    'outcome',
  ]);
  const lost = counter('visavis_rtp_sent_lost_packets_total', 'Packets of avatars that the router reports as lost', [
    'kind',
  ]);
  const jitter = worstOf('visavis_rtp_jitter_seconds', 'Interarrival jitter of the worst voice');
  const roundTrip = worstOf('visavis_rtp_round_trip_seconds', 'Round trip to the router, of the worst conversation');
  const ticksLate = counter(
    'visavis_media_ticks_late_total',
    'Steps of the voice’s clock that came 10 ms late or more',
  );
  const tickLate = worstOf(
    'visavis_media_tick_late_seconds',
    'The latest step of a voice’s clock since the last scrape',
  );

  return {
    /** Adds the difference between two readings of one conversation's counters. */
    media(now: LineStats, before: LineStats | undefined): void {
      const grown = (key: keyof LineStats) => Math.max(0, now[key] - (before?.[key] ?? 0));
      frames.inc({ outcome: 'sent' }, grown('framesSent'));
      frames.inc({ outcome: 'dropped' }, grown('framesDropped'));
      frames.inc({ outcome: 'late' }, grown('framesLate'));
      frames.inc({ outcome: 'failed' }, grown('framesFailed'));
      seconds.inc({ step: 'render' }, grown('renderMs') / 1000);
      seconds.inc({ step: 'encode' }, grown('encodeMs') / 1000);
      keyframes.inc(grown('keyframes'));
      videoBytes.inc(grown('videoBytes'));
      underruns.inc(grown('underruns'));
      packets.inc({ outcome: 'received' }, grown('rtpReceived'));
      packets.inc({ outcome: 'lost' }, grown('rtpLost'));
      packets.inc({ outcome: 'recovered' }, grown('rtpRecovered'));
      packets.inc({ outcome: 'late' }, grown('rtpLate'));
      lost.inc({ kind: 'audio' }, grown('sentAudioLost'));
      lost.inc({ kind: 'video' }, grown('sentVideoLost'));
      ticksLate.inc(grown('ticksLate'));
    },
    /** What is only known of all conversations of this moment together. */
    mediaNow(all: readonly LineStats[]): void {
      const worst = (key: keyof LineStats) => Math.max(0, ...all.map(stats => stats[key])) / 1000;
      jitter.set(worst('jitterMs'));
      roundTrip.set(worst('roundTripMs'));
      tickLate.set(worst('tickLateMs'));
      target.set(all.reduce((sum, { targetBitrate }) => sum + targetBitrate / 8, 0));
    },
  };
}
