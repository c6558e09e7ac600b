import { Counter, Histogram, type Registry } from 'prom-client';
import type { TurnTiming } from '../../protocol/conversation.ts';

const BUCKETS = [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 3, 5, 10];
const STAGES = ['endpointing', 'asr', 'dialogue', 'tts', 'playout'] as const;

/** How quick the answers are, stage by stage. */
export function turnMetrics(registers: Registry[]) {
  const stage = new Histogram({
    name: 'visavis_turn_stage_seconds',
    help: 'Time a turn spent in each stage between the end of speech and the first sample of the answer',
    labelNames: ['stage'],
    buckets: BUCKETS,
    registers,
  });
  const whole = new Histogram({
    name: 'visavis_turn_voice_to_voice_seconds',
    help: 'From the end of a person’s speech to the first sample of the answer handed to the network',
    buckets: BUCKETS,
    registers,
  });
  const turns = new Counter({
    name: 'visavis_turns_total',
    help: 'Turns, by outcome and source',
    labelNames: ['outcome', 'source'],
    registers,
  });
  return {
    observe({ outcome, source, sounded, stages, voiceToVoiceMs }: TurnTiming): void {
      turns.inc({ outcome, source });
      if (source === 'greeting' || !sounded) return;
      whole.observe(voiceToVoiceMs / 1000);
      for (const name of STAGES) stage.observe({ stage: name }, stages[`${name}Ms`] / 1000);
    },
  };
}
