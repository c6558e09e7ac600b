import { Counter, Histogram, type Registry } from 'prom-client';
import type { TurnTiming } from '../../protocol/conversation.ts';
import type { Reception } from '../../protocol/reception.ts';
import type { SpanName, TurnSpan, TurnTrace } from '../../protocol/trace.ts';

const BUCKETS = [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 3, 5, 10];
const STAGES = ['endpointing', 'asr', 'dialogue', 'tts', 'playout'] as const;
/** What is reached with the end of which span. */
const REACHED: Partial<Record<SpanName, string>> = {
  endpointing: 'endpoint',
  asr: 'transcript',
  'first-token': 'first-token',
  'first-sentence': 'first-sentence',
  'first-frame': 'first-frame',
};

/** How quick the answers are, stage by stage. */
export function turnMetrics(registers: Registry[]) {
  const histogram = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ name, help, labelNames, buckets: BUCKETS, registers });
  const stage = histogram(
    'visavis_turn_stage_seconds',
    'Time a turn spent in each stage between the end of speech and the first sample of the answer',
    ['stage'],
  );
  const until = histogram('visavis_turn_until_seconds', 'From the end of speech until something was reached', [
    'event',
  ]);
  const span = histogram('visavis_turn_span_seconds', 'How long each step took, speculation included', ['span']);
  const whole = histogram(
    'visavis_turn_voice_to_voice_seconds',
    'From the end of a person’s speech to the first sample of the answer handed to the network',
  );
  const played = histogram(
    'visavis_turn_voice_to_voice_played_seconds',
    'The same until it is heard: with the round trip and the playout delay that the speaker’s page measured',
  );
  const turns = new Counter({
    name: 'visavis_turns_total',
    help: 'Turns, by outcome and source',
    labelNames: ['outcome', 'source'],
    registers,
  });
  return {
    /** @param reception of whoever is answered, where their page has told it */
    observe(timing: TurnTiming, trace?: TurnTrace, reception?: Reception): void {
      const { source, sounded, stages, voiceToVoiceMs } = timing;
      turns.inc({ outcome: outcomeOf(timing, trace), source });
      for (const { name, durationMs } of trace?.spans ?? []) span.observe({ span: name }, durationMs / 1000);
      if (source === 'greeting' || !sounded) return;
      whole.observe(voiceToVoiceMs / 1000);
      for (const name of STAGES) stage.observe({ stage: name }, stages[`${name}Ms`] / 1000);
      for (const [event, ms] of reached(trace?.spans ?? [])) until.observe({ event }, Math.max(0, ms) / 1000);
      if (reception?.roundTripMs !== undefined && source === 'voice')
        played.observe((voiceToVoiceMs + reception.roundTripMs + reception.playoutDelayMs) / 1000);
    },
  };
}

/** Of turns that came to their end, what was special about them. */
const outcomeOf = ({ outcome }: TurnTiming, trace: TurnTrace | undefined) =>
  outcome !== 'completed' ? outcome : trace?.resumed ? 'resumed' : trace?.cached ? 'cached' : outcome;

function* reached(spans: readonly TurnSpan[]): Generator<[event: string, ms: number]> {
  for (const { name, startMs, durationMs } of spans) {
    const event = REACHED[name];
    if (event !== undefined) yield [event, startMs + durationMs];
  }
  const first = spans.find(({ name, firstSoundMs }) => name === 'tts' && firstSoundMs !== undefined);
  if (first !== undefined) yield ['first-audio', first.startMs + first.firstSoundMs!];
}
