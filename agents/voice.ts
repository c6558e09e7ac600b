import type { Logger } from 'pino';
import type { DiskCache } from './cache/disk-cache.ts';
import { CachedSpeech } from './cache/speech.ts';
import { type AgentConfig, AgentConfigError, type AgentEnvironment } from './config.ts';
import type { AgentMetrics } from './metrics/metrics.ts';
import { Flite } from './providers/flite/flite.ts';
import { OpenAiSpeech } from './providers/openai/speech.ts';
import { SoundSwallowerAligner } from './providers/soundswallower/aligner.ts';
import { AlignedSpeech } from './speak/align/aligned-speech.ts';
import { FallbackSpeech } from './speak/fallback.ts';
import { MeteredSpeech } from './speak/metered.ts';
import type { SpeakOptions, TextToSpeech } from './speak/ports.ts';

const DEFAULT_MODEL = 'gpt-4o-mini-tts';

/** A voice that somebody else closes. */
const voiceOf = (tts: TextToSpeech) => ({
  capabilities: tts.capabilities,
  speak: (sentence: string, options: SpeakOptions) => tts.speak(sentence, options),
});

/** The voice that the settings ask for; every voice comes with a mouth. Throws AgentConfigError. */
export function chooseVoice(
  { speech }: AgentConfig,
  { openai }: AgentEnvironment,
  metrics: AgentMetrics,
  log: Logger,
  cache?: DiskCache,
): TextToSpeech {
  const { provider, model, voice, baseUrl, firstSoundTimeoutMs } = speech;
  // flite knows its phones; nothing needs to be looked for.
  const remembered = (tts: TextToSpeech, name: string): TextToSpeech =>
    cache === undefined ? tts : new CachedSpeech(tts, cache, name, outcome => metrics.cached('speech', outcome));
  const embedded = new Flite(() => metrics.workerRestarted('synthesizer'));
  metrics.queue('synthesizer', () => embedded.waiting);
  const own = metrics.meter({ stage: 'tts', provider: 'flite', model: 'flite' });
  const flite = remembered(new MeteredSpeech(embedded, own), 'flite');
  if (provider === 'embedded' || (provider === 'auto' && model === undefined))
    return { ...voiceOf(flite), close: () => embedded.close() };
  if (openai === undefined && baseUrl === undefined)
    throw new AgentConfigError(
      'agent.speech asks for an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL or agent.speech.baseUrl for one without keys',
    );
  const endpoint = new OpenAiSpeech({
    apiKey: 'none',
    ...openai,
    ...(baseUrl !== undefined && { baseUrl }),
    model: model ?? DEFAULT_MODEL,
    voice,
    firstSoundTimeoutMs,
  });
  const aligner = new SoundSwallowerAligner(() => metrics.workerRestarted('aligner'));
  metrics.queue('aligner', () => aligner.waiting);
  const meter = metrics.meter({ stage: 'tts', provider: 'openai', model: model ?? DEFAULT_MODEL });
  const aligned = new AlignedSpeech(new MeteredSpeech(endpoint, meter), aligner, reason =>
    metrics.mouthEstimate(reason),
  );
  const known = remembered(aligned, `openai ${model ?? DEFAULT_MODEL} ${baseUrl ?? openai?.baseUrl ?? ''} ${voice}`);
  const spoken = new FallbackSpeech(known, flite, (error, fellBack) => {
    metrics.providerError('tts', error.category);
    if (fellBack) metrics.speechFallback(error.category);
    // Not its message: endpoints repeat there what was to be said [P1].
    log.warn({ category: error.category, fellBack }, 'the speech endpoint failed');
  });
  return {
    ...voiceOf(spoken),
    close: async () => {
      await Promise.all([endpoint.close(), embedded.close(), aligner.close()]);
    },
  };
}
