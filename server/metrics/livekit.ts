import { Counter, Gauge, type Registry } from 'prom-client';

export type LiveKitMetrics = ReturnType<typeof liveKitMetrics>;

/** The avatar in rooms of a LiveKit server. */
export function liveKitMetrics(registers: Registry[]) {
  let rooms = () => 0;
  new Gauge({
    name: 'visavis_livekit_rooms',
    help: 'Rooms of a LiveKit server that the avatar is in',
    registers,
    collect() {
      this.set(rooms());
    },
  });
  const connected = new Gauge({
    name: 'visavis_livekit_connected',
    help: 'Whether this server is registered as an agent at the LiveKit server',
    registers,
  });
  const jobs = new Counter({
    name: 'visavis_livekit_jobs_total',
    help: 'Rooms that a LiveKit server offered, or that were found without an avatar, by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const reconnections = new Counter({
    name: 'visavis_livekit_reconnections_total',
    help: 'Lost lines to rooms of a LiveKit server that were made anew',
    registers,
  });
  const deaths = new Counter({
    name: 'visavis_livekit_carrier_deaths_total',
    help: 'Processes that carried LiveKit rooms and ended by themselves',
    registers,
  });
  return {
    rooms: (count: () => number) => {
      rooms = count;
    },
    connected: (up: boolean) => connected.set(up ? 1 : 0),
    job: (outcome: 'taken' | 'found' | 'refused' | 'failed') => jobs.inc({ outcome }),
    reconnected: () => reconnections.inc(),
    carrierDied: () => deaths.inc(),
  };
}
