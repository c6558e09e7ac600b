import os from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { Avatars } from './avatars.ts';
import { type Clock, systemClock } from './base/clock.ts';
import { ProviderError } from './base/errors.ts';
import { CachedDialogue } from './cache/answers.ts';
import { DiskCache } from './cache/disk-cache.ts';
import { type AgentConfig, AgentConfigError, type AgentEnvironment } from './config.ts';
import { VoiceSensor } from './feel/voice-sensor.ts';
import { toneOf } from './feel/words.ts';
import { meteredRecognizer } from './listen/metered.ts';
import type { SpeechToText } from './listen/ports.ts';
import { type AgentMetrics, createAgentMetrics } from './metrics/metrics.ts';
import { OpenAiDialogue } from './providers/openai/dialogue.ts';
import { OpenAiNotes } from './providers/openai/notes.ts';
import { RiveScriptDialogue } from './providers/rivescript/dialogue.ts';
import { SherpaRecognizer } from './providers/sherpa/recognizer.ts';
import { Eyes } from './sight/eyes.ts';
import type { TextToSpeech } from './speak/ports.ts';
import { Recordings } from './tape/recordings.ts';
import { ConciseDialogue } from './think/concise.ts';
import { ExpressiveDialogue } from './think/expressive.ts';
import { FallbackDialogue } from './think/fallback.ts';
import { type Learner, learningFallback, type Summariser } from './think/memory.ts';
import { MeteredDialogue } from './think/metered.ts';
import { PersonaError } from './think/persona-file.ts';
import { Personas } from './think/personas.ts';
import type { Dialogue, Persona } from './think/ports.ts';
import { HttpToolbox } from './tools/toolbox.ts';
import { chooseVoice } from './voice.ts';

/** What all conversations of a host share. */
export interface AgentParts {
  config: AgentConfig;
  environment: AgentEnvironment;
  capacity: number;
  personas: Personas;
  /** As its file is now. */
  readonly defaultPersona: Persona;
  avatars: Avatars;
  recognizer: SherpaRecognizer;
  /** The same, metered. */
  asr: SpeechToText;
  tts: TextToSpeech;
  dialogue: Dialogue;
  /** It can be shown pictures. */
  takesPictures: boolean;
  learner: Learner;
  summariser?: Summariser;
  /** How voices and faces are sensed. */
  voiceSense: VoiceSensor;
  eyes: Eyes;
  /** What people say, where they wish. */
  recordings: Recordings;
  metrics: AgentMetrics;
  close(): Promise<void>;
}

/** Conversations with video that one core carries beside its share of the router. */
const CONVERSATIONS_PER_CORE = 6;

export interface PartsOptions {
  /** Of the conversations: another where one is held in virtual time. */
  clock?: Clock;
  /** False: the tools of personas are not called. */
  tools?: boolean;
}

/** Makes the providers that the settings ask for. Throws AgentConfigError, PersonaError or ProviderError. */
export function createParts(
  config: AgentConfig,
  environment: AgentEnvironment,
  log: Logger,
  { clock = systemClock, tools = true }: PartsOptions = {},
): AgentParts {
  const metrics = createAgentMetrics(config.prices);
  const { enabled, folder, megabytes, maxAgeDays } = config.cache;
  const cache = enabled
    ? new DiskCache({
        folder,
        maxBytes: megabytes * 2 ** 20,
        maxAgeMs: maxAgeDays * 86_400_000,
        report: (problem, error) => log.warn({ reason: String(error) }, problem),
      })
    : undefined;
  const tts = chooseVoice(config, environment, metrics, log, cache);
  const avatars = new Avatars(config);
  const embedded = new RiveScriptDialogue();
  const toolbox = new HttpToolbox({
    ...config.tools,
    variables: environment.toolVariables,
    clock,
    called: (outcome, tool, tookMs) => {
      metrics.toolCalled(outcome, tool, tookMs);
      // Not what it was asked, nor what it said [P1].
      if (outcome !== 'ok' && outcome !== 'cancelled') log.info({ tool, outcome }, 'a call of a tool came to nothing');
    },
  });
  const personas = new Personas(config.personas, {
    admit: source => {
      const { persona, place } = source;
      if (avatars.folder(persona.avatar) === undefined)
        throw new PersonaError(`${place('avatar')}: there is no ${persona.avatar} in ${config.avatars}`);
      const { voices } = tts.capabilities;
      // An endpoint may have voices that nobody told us of.
      if (tts.capabilities.phones && !voices.includes(persona.voice))
        throw new PersonaError(`${place('voice')}: there is no ${persona.voice}; there are ${voices.join(', ')}`);
      embedded.prepare(persona);
      toolbox.prepare(source);
    },
    refused: problem => log.warn({ problem }, 'a persona file is wrong; the persona stays as it was'),
  });
  if (personas.get(config.defaultPersona) === undefined)
    throw new AgentConfigError(`agent.defaultPersona: there is no ${config.defaultPersona} in ${config.personas}`);

  const minds = chooseMinds(config, environment, embedded, tools ? toolbox : undefined, metrics, log, clock, cache);
  const recordings = new Recordings({
    config,
    setup: { dialogue: minds.dialogue.name, speech: config.speech.model ?? 'embedded' },
    report: (problem, details) => log.warn(details, problem),
    metrics: metrics.recordings,
  });
  const model = (name: string) => path.resolve(config.models, name);
  const recognizer = new SherpaRecognizer(
    {
      vad: model('silero-vad.onnx'),
      encoder: model('moonshine-encoder.onnx'),
      decoder: model('moonshine-decoder-bytes.onnx'),
      tokens: model('moonshine-tokens.txt'),
    },
    {
      restarted: reason => {
        metrics.recognizerRestarted();
        log.error({ reason }, 'the recognizer process failed; starting another');
      },
      ready: loadMs => metrics.recognizerLoaded(loadMs),
    },
    clock,
  );
  const voiceSense = new VoiceSensor(() => metrics.workerRestarted('voice-sensor'));
  const eyes = new Eyes({
    restarted: reason => {
      metrics.workerRestarted('eyes');
      log.error({ reason }, 'the eyes failed; others take over');
    },
    blind: reason => log.error({ reason }, 'faces cannot be read; feelings are taken from voice and words'),
  });
  metrics.eyes(eyes.stats);
  metrics.queue('recognizer', () => recognizer.waiting);
  metrics.queue('voice-sensor', () => voiceSense.waiting);
  metrics.child({ name: 'recognizer', pids: () => (recognizer.pid === undefined ? [] : [recognizer.pid]) });
  return {
    config,
    environment,
    capacity: config.capacity === 0 ? os.availableParallelism() * CONVERSATIONS_PER_CORE : config.capacity,
    personas,
    get defaultPersona() {
      return personas.get(config.defaultPersona)!;
    },
    avatars,
    recognizer,
    asr: meteredRecognizer(recognizer, metrics.meter({ stage: 'asr', provider: 'sherpa', model: 'moonshine-tiny' })),
    tts,
    ...minds,
    voiceSense,
    eyes,
    recordings,
    metrics,
    close: async () => {
      await Promise.all([
        toolbox.close(),
        recognizer.close(),
        tts.close(),
        voiceSense.close(),
        eyes.close(),
        recordings.close(),
      ]);
      await cache?.close();
    },
  };
}

/** Who answers, and who takes notes. */
function chooseMinds(
  config: AgentConfig,
  environment: AgentEnvironment,
  embedded: RiveScriptDialogue,
  toolbox: HttpToolbox | undefined,
  metrics: AgentMetrics,
  log: Logger,
  clock: Clock,
  cache: DiskCache | undefined,
): Pick<AgentParts, 'dialogue' | 'takesPictures' | 'learner' | 'summariser'> {
  const { provider, model, maxTokens, firstTokenTimeoutMs } = config.dialogue;
  const { openai } = environment;
  const own = new MeteredDialogue(
    embedded,
    metrics.meter({ stage: 'dialogue', provider: 'rivescript', model: 'persona' }),
  );
  if (provider === 'embedded' || (provider === 'auto' && openai === undefined))
    return { dialogue: new ExpressiveDialogue(own, toneOf), takesPictures: false, learner: embedded };
  if (openai === undefined)
    throw new AgentConfigError(
      'agent.dialogue.provider is openai: set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint without keys',
    );
  const meter = metrics.meter({ stage: 'dialogue', provider: 'openai', model });
  const endpoint = new ConciseDialogue(
    new MeteredDialogue(
      new OpenAiDialogue({ ...openai, model, maxTokens, firstTokenTimeoutMs, used: meter.used }, toolbox),
      meter,
    ),
  );
  const provenance = `openai ${openai.baseUrl ?? ''} ${model} ${maxTokens}`;
  const { used } = metrics.meter({ stage: 'notes', provider: 'openai', model });
  const notes = new OpenAiNotes({ ...openai, model, used });
  const dialogue = new FallbackDialogue(
    cache === undefined
      ? endpoint
      : new CachedDialogue(endpoint, cache, provenance, outcome => metrics.cached('answers', outcome)),
    own,
    (error, fellBack) => {
      metrics.providerError('dialogue', error.category);
      if (fellBack) metrics.fallback(error.category);
      // Not its message: endpoints repeat there what was said [P1].
      log.warn({ category: error.category, fellBack }, 'the chat endpoint failed');
    },
    clock,
  );
  const learner = learningFallback(notes, embedded, error =>
    log.warn({ category: error instanceof ProviderError ? error.category : 'internal' }, 'taking notes failed'),
  );
  return { dialogue: new ExpressiveDialogue(dialogue, toneOf), takesPictures: true, learner, summariser: notes };
}
