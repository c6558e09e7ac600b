import type { Logger } from 'pino';
import type { StageEntry } from '../../settings/stages.ts';
import type { DiskCache } from '../cache/disk-cache.ts';
import { CachedSpeech } from '../cache/speech.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import { AlignedSpeech } from '../speak/align/aligned-speech.ts';
import type { Aligner } from '../speak/align/ports.ts';
import { FallbackSpeech } from '../speak/fallback.ts';
import { MeteredSpeech } from '../speak/metered.ts';
import type { TextToSpeech } from '../speak/ports.ts';
import { type Voiced, VoicedSpeech } from '../speak/voiced.ts';
import { WordedSpeech } from '../speak/worded.ts';
import { chain, firstOf } from './chain.ts';
import type { Making } from './makers.ts';

/** Who finds the words of a sentence in its sound, for voices that do not say where they are. */
const ALIGNER: StageEntry = {
  use: 'soundswallower',
  as: 'soundswallower',
  optional: false,
  settings: {},
  variables: [],
};

export interface SpeechDeps {
  making: Making;
  metrics: AgentMetrics;
  log: Logger;
  cache: DiskCache | undefined;
}

export interface Voices {
  tts: TextToSpeech;
  /** The one that speaks first, alone. */
  first: TextToSpeech;
  /** What may be named in a persona. */
  voiced: readonly Voiced[];
}

/**
 * The sound of a sentence, from the inside outwards: the vendor, counted and timed; given a mouth, where it does not
 * bring phones; kept for who says the same; given words for figures and signs; asked for a voice that it has. Then the
 * next entry, where one fails before its first sound.
 */
export async function makeVoices(
  entries: readonly StageEntry[],
  { making, metrics, log, cache }: SpeechDeps,
): Promise<Voices> {
  const made = await making.stage('speech', entries);
  const aligner: Aligner | undefined = made.some(({ capabilities }) => !capabilities.phones)
    ? (await making.one('alignment', ALIGNER)).made
    : undefined;
  const voiced = made.map(({ entry, capabilities }) => ({ names: [entry.as, entry.use], capabilities }));
  const wrapped = made.map(({ made: vendor, capabilities, meter, identity }, i) =>
    chain<TextToSpeech>(
      vendor,
      inner => new MeteredSpeech(inner, meter),
      aligner !== undefined &&
        !capabilities.phones &&
        (inner => new AlignedSpeech(inner, aligner, reason => metrics.mouthEstimate(reason))),
      cache !== undefined &&
        (inner => new CachedSpeech(inner, cache, identity, outcome => metrics.cached('speech', outcome))),
      capabilities.reads !== 'written' && (inner => new WordedSpeech(inner)),
      inner => new VoicedSpeech(inner, voiced[i]!, voiced),
    ),
  );
  const tts = firstOf(
    wrapped,
    (first, second, index) =>
      new FallbackSpeech(first, second, (error, fellBack) => {
        metrics.providerError('tts', error.category);
        if (fellBack) metrics.speechFallback(error.category);
        // Not its message: endpoints repeat there what was to be said [P1].
        log.warn({ vendor: made[index]!.entry.as, category: error.category, fellBack }, 'the speech endpoint failed');
      }),
  );
  return { tts, first: wrapped[0]!, voiced };
}
