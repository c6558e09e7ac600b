import { Counter, Gauge, type Registry } from 'prom-client';

/** Why a recording ended before its conversation. */
export type RecordingEnd = 'full' | 'slow-disk' | 'failed';

/** Why a recording is over: its conversation is, or is erased, or it ended by itself. */
export type RecordingCause = 'finished' | 'erased' | RecordingEnd;

export type RecordingMetrics = ReturnType<typeof recordingMetrics>['recordings'];

/** What is recorded of calls. */
export function recordingMetrics(registers: Registry[]) {
  const running = new Gauge({
    name: 'visavis_recordings_running',
    help: 'Recordings that are being made',
    registers,
  });
  const bytes = new Counter({ name: 'visavis_recording_bytes_total', help: 'Bytes recorded', registers });
  const ended = new Counter({
    name: 'visavis_recordings_ended_total',
    help: 'Recordings that ended, by cause',
    labelNames: ['cause'],
    registers,
  });
  return {
    recordings: {
      began: () => running.inc(),
      wrote: (count: number) => bytes.inc(count),
      ended(cause: RecordingCause): void {
        running.dec();
        ended.inc({ cause });
      },
    },
  };
}
