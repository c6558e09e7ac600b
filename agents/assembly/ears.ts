import type { Logger } from 'pino';
import type { AgentSettings } from '../../settings/agent.ts';
import type { StageEntry } from '../../settings/stages.ts';
import type { Clock } from '../base/clock.ts';
import { allReady, type Readiness } from '../base/readiness.ts';
import { batched } from '../listen/batched.ts';
import { careful } from '../listen/careful.ts';
import { fallbackRecognizer } from '../listen/fallback.ts';
import { meteredRecognizer, meteredStream } from '../listen/metered.ts';
import {
  type EndOfTurn,
  isStream,
  type Recognizer,
  type SpeechToText,
  type VoiceActivityProvider,
} from '../listen/ports.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import { chain, firstOf } from './chain.ts';
import type { Making } from './makers.ts';

/** Who hears that somebody speaks; it works on this machine, whoever writes the words down. */
const activity = (threshold: number): StageEntry => ({
  use: 'sherpa',
  as: 'sherpa',
  optional: false,
  settings: { threshold },
  variables: [],
});

export interface Ears {
  vad: VoiceActivityProvider;
  recognizer: Recognizer;
  endOfTurn?: EndOfTurn;
  /** ISO 639: those that the first recognizer hears; undefined: any. */
  languages: readonly string[] | undefined;
  /** Whether people can be heard yet. */
  readiness: Readiness;
}

export interface EarsDeps {
  making: Making;
  metrics: AgentMetrics;
  log: Logger;
  clock: Clock;
  /** Stands around a recognizer of whole utterances: it takes its time where time is virtual. */
  around?: (inner: SpeechToText) => SpeechToText;
}

/**
 * The words that people say, from the inside outwards: the vendor, counted and timed; made a stream, where it reads
 * whole utterances. Then the next entry, where one fails.
 */
export async function makeEars(
  { recognition, endOfTurn, turns, captions }: Pick<AgentSettings, 'recognition' | 'endOfTurn' | 'turns' | 'captions'>,
  { making, metrics, log, clock, around = inner => inner }: EarsDeps,
): Promise<Ears> {
  const detector = await making.one('activity', activity(turns.threshold));
  const made = await making.stage('recognition', recognition);
  // Only one is asked: what it says is weighed with what the others say, not exchanged for it.
  const [sense] = turns.by === 'silence' ? [] : await making.stage('endOfTurn', endOfTurn);
  const wrapped = made.map(({ made: vendor, capabilities, meter }) =>
    isStream(vendor)
      ? chain<Recognizer>(vendor, inner => meteredStream(inner, meter))
      : batched(
          chain(
            vendor,
            inner => meteredRecognizer(inner, meter),
            around,
            inner => careful(inner, captions.mask),
          ),
          clock,
          capabilities,
        ),
  );
  const recognizer = firstOf(wrapped, (first, second, index) =>
    fallbackRecognizer(first, second, clock, error => {
      metrics.providerError('asr', error.category);
      // Not its message: endpoints repeat there what was said [P1].
      log.warn({ vendor: made[index]!.entry.as, category: error.category }, 'a recognizer failed; the next one reads');
    }),
  );
  return {
    vad: detector.made,
    recognizer,
    languages: made[0]!.capabilities.languages,
    ...(sense !== undefined && { endOfTurn: sense.made }),
    readiness: allReady(readinessOf(detector.made, ...made.map(each => each.made))),
  };
}

/** Of those that take a while before they can be used; what does several things is asked once. */
const readinessOf = (...made: object[]): Readiness[] =>
  [...new Set(made)].filter((each): each is object & Readiness => 'ready' in each && 'onChange' in each);
