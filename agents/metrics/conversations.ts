import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FeelingSource } from '../../protocol/feelings.ts';
import type { CacheOutcome } from '../cache/speech.ts';
import type { SessionMetrics } from '../session/ports.ts';

/** What goes on in conversations. */
export function conversationMetrics(registers: Registry[], nowMs = () => performance.now()) {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const interruptions = counter(
    'visavis_interruptions_total',
    'Times somebody spoke over the avatar, by what it turned out to be',
    ['outcome'],
  );
  const utterances = counter('visavis_utterances_total', 'Utterances understood');
  const continued = counter(
    'visavis_utterances_continued_total',
    'Utterances that went on after they had been taken for whole',
  );
  const backchannels = counter('visavis_backchannels_total', 'Times the avatar hummed while somebody told something', [
    'outcome',
  ]);
  const endpoints = new Histogram({
    name: 'visavis_endpoint_silence_seconds',
    help: 'Silence that ended an utterance',
    buckets: [0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 4],
    registers,
  });
  const mouthEstimates = counter(
    'visavis_mouth_estimates_total',
    'Sentences whose lips follow the sound alone, by why they could not be fitted to the words',
    ['reason'],
  );
  const cached = counter('visavis_cache_requests_total', 'Questions to the caches, by what became of them', [
    'cache',
    'outcome',
  ]);
  const sensed = counter('visavis_feelings_sensed_total', 'Readings of how people feel, by the sense', ['source']);
  const jobs = new Gauge({ name: 'visavis_agent_jobs', help: 'Conversations carried', registers });

  const carried = { count: 0, seconds: 0, sinceMs: nowMs() };
  /** Time of all conversations together. */
  const seconds = (change = 0): number => {
    carried.seconds += (carried.count * (nowMs() - carried.sinceMs)) / 1000;
    carried.sinceMs = nowMs();
    carried.count += change;
    jobs.set(carried.count);
    return carried.seconds;
  };
  new Counter({
    name: 'visavis_conversation_seconds_total',
    help: 'Time that conversations lasted, all together',
    registers,
    collect() {
      this.reset();
      this.inc(seconds());
    },
  });

  const session: Omit<SessionMetrics, 'providerError'> = {
    interruption: outcome => interruptions.inc({ outcome }),
    utterance: silenceMs => {
      utterances.inc();
      endpoints.observe(silenceMs / 1000);
    },
    continued: () => continued.inc(),
    backchannel: outcome => backchannels.inc({ outcome }),
  };
  return {
    session,
    seconds,
    jobBegan: () => void seconds(1),
    jobEnded: () => void seconds(-1),
    mouthEstimate: (reason: string) => mouthEstimates.inc({ reason }),
    cached: (cache: 'answers' | 'speech', outcome: CacheOutcome) => cached.inc({ cache, outcome }),
    sensed: (source: FeelingSource) => sensed.inc({ source }),
  };
}
