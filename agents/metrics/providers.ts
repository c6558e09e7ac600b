import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Price, Prices } from '../../settings/agent.ts';
import type { Meter, Usage } from '../base/meter.ts';
import { queueMetrics } from './queues.ts';

/** Who is asked for what; `model` as the settings name it. */
export interface Provider {
  stage: 'asr' | 'dialogue' | 'tts' | 'notes' | (string & {});
  provider: string;
  model: string;
}

const MILLION = 1_000_000;
const FREE: Price = { inputPerMillion: 0, outputPerMillion: 0, charactersPerMillion: 0, perAudioMinute: 0 };

/** What providers are asked, how they answer, and what it costs. @param conversationSeconds of all conversations so far */
export function providerMetrics(registers: Registry[], prices: Prices, conversationSeconds: () => number) {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const errors = counter('visavis_provider_errors_total', 'Provider failures', ['stage', 'category']);
  const fallbacks = counter(
    'visavis_dialogue_fallbacks_total',
    'Answers given by the next dialogue because one failed',
    ['category'],
  );
  const speechFallbacks = counter(
    'visavis_speech_fallbacks_total',
    'Sentences said by the next voice because one failed',
    ['category'],
  );
  const queues = queueMetrics(registers);
  const labels = ['stage', 'provider', 'model'];
  const calls = counter('visavis_provider_calls_total', 'Questions to providers, by what became of them', [
    ...labels,
    'outcome',
  ]);
  const seconds = new Histogram({
    name: 'visavis_provider_first_seconds',
    help: 'From asking a provider to the first piece of its answer',
    labelNames: labels,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10],
    registers,
  });
  const tokens = counter('visavis_provider_tokens_total', 'Tokens of language models; estimated where nobody tells', [
    ...labels,
    'direction',
    'counted',
  ]);
  const characters = counter('visavis_provider_characters_total', 'Characters given to voices', labels);
  const audio = counter('visavis_provider_audio_seconds_total', 'Sound recognized, and sound made', labels);
  const cost = counter('visavis_provider_cost_total', 'Estimated by agent.prices, in their currency', labels);
  let spent = 0;
  new Gauge({
    name: 'visavis_cost_per_conversation_minute',
    help: 'Estimated cost of a minute of conversation, since the host started',
    registers,
    aggregator: 'average',
    collect() {
      const minutes = conversationSeconds() / 60;
      this.set(minutes === 0 ? 0 : spent / minutes);
    },
  });

  return {
    providerError: (stage: string, category: string) => errors.inc({ stage, category }),
    fallback: (category: string) => fallbacks.inc({ category }),
    speechFallback: (category: string) => speechFallbacks.inc({ category }),
    ...queues,
    meter({ stage, provider, model }: Provider): Meter {
      const who = { stage, provider, model };
      const price = prices[`${provider}/${model}`] ?? FREE;
      return {
        call() {
          const askedMs = performance.now();
          let first = false;
          return {
            first() {
              if (!first) seconds.observe(who, (performance.now() - askedMs) / 1000);
              first = true;
            },
            end: outcome => calls.inc({ ...who, outcome }),
          };
        },
        used(usage) {
          const { inputTokens = 0, outputTokens = 0, estimated = false } = usage;
          const counted = estimated ? 'estimated' : 'told';
          if (inputTokens > 0) tokens.inc({ ...who, direction: 'input', counted }, inputTokens);
          if (outputTokens > 0) tokens.inc({ ...who, direction: 'output', counted }, outputTokens);
          if (usage.characters !== undefined) characters.inc(who, usage.characters);
          if (usage.audioSeconds !== undefined) audio.inc(who, usage.audioSeconds);
          const costs = costOf(usage, price);
          spent += costs;
          cost.inc(who, costs);
        },
      };
    },
  };
}

const costOf = ({ inputTokens = 0, outputTokens = 0, characters = 0, audioSeconds = 0 }: Usage, price: Price): number =>
  (inputTokens * price.inputPerMillion +
    outputTokens * price.outputPerMillion +
    characters * price.charactersPerMillion) /
    MILLION +
  (audioSeconds / 60) * price.perAudioMinute;
