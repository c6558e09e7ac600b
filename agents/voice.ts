import type { Logger } from 'pino';
import { type AgentConfig, AgentConfigError, type AgentEnvironment } from './config.ts';
import type { AgentMetrics } from './metrics.ts';
import { Flite } from './providers/flite/flite.ts';
import { OpenAiSpeech } from './providers/openai/speech.ts';
import { SoundSwallowerAligner } from './providers/soundswallower/aligner.ts';
import { AlignedSpeech } from './speak/align/aligned-speech.ts';
import { FallbackSpeech } from './speak/fallback.ts';
import type { TextToSpeech } from './speak/ports.ts';

const DEFAULT_MODEL = 'gpt-4o-mini-tts';

/** The voice that the settings ask for; every voice comes with a mouth. Throws AgentConfigError. */
export function chooseVoice(
  { speech }: AgentConfig,
  { openai }: AgentEnvironment,
  metrics: AgentMetrics,
  log: Logger,
): TextToSpeech {
  const { provider, model, voice, baseUrl, firstSoundTimeoutMs } = speech;
  // flite knows its phones; nothing needs to be looked for.
  if (provider === 'embedded' || (provider === 'auto' && model === undefined)) return new Flite();
  if (openai === undefined && baseUrl === undefined)
    throw new AgentConfigError(
      'agent.speech asks for an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL or agent.speech.baseUrl for one without keys',
    );
  const embedded = new Flite();
  const endpoint = new OpenAiSpeech({
    apiKey: 'none',
    ...openai,
    ...(baseUrl !== undefined && { baseUrl }),
    model: model ?? DEFAULT_MODEL,
    voice,
    firstSoundTimeoutMs,
  });
  const aligner = new SoundSwallowerAligner();
  const spoken = new FallbackSpeech(endpoint, embedded, (error, fellBack) => {
    metrics.session.providerError('tts', error.category);
    if (fellBack) metrics.speechFallback(error.category);
    // Not its message: endpoints repeat there what was to be said [P1].
    log.warn({ category: error.category, fellBack }, 'the speech endpoint failed');
  });
  const aligned = new AlignedSpeech(spoken, aligner, reason => metrics.mouthEstimate(reason));
  return {
    capabilities: aligned.capabilities,
    speak: (sentence, options) => aligned.speak(sentence, options),
    close: async () => {
      await Promise.all([endpoint.close(), embedded.close(), aligner.close()]);
    },
  };
}
