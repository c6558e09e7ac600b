import type { RoomControl } from '../rooms/room-control.ts';
import type { Metrics } from './metrics.ts';

const EVERY_MS = 10_000;
/** Streams that are looked at in one pass: each costs the media worker a question. The others have their turn next. */
const MOST_STREAMS = 200;

/** Looks at the router's streams now and then; the returned function ends that. */
export function sampleStreams(engine: Pick<RoomControl, 'streams'>, { streams }: Pick<Metrics, 'streams'>): () => void {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      const { sampled, present } = await engine.streams(MOST_STREAMS);
      streams.observe(sampled, present);
    } finally {
      busy = false;
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
