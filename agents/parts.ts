import os from 'node:os';
import type { Logger } from 'pino';
import type { AgentSettings } from '../settings/agent.ts';
import { SettingsError } from '../settings/file.ts';
import { makeCloning } from './assembly/cloning.ts';
import { makeMinds } from './assembly/dialogue.ts';
import { makeEars } from './assembly/ears.ts';
import { makeKnowledge } from './assembly/knowledge.ts';
import { Making } from './assembly/makers.ts';
import { makeResponders } from './assembly/responder.ts';
import { greetingOf, makeSafety, type Safety } from './assembly/safety.ts';
import { makeVoices } from './assembly/speech.ts';
import { Avatars } from './avatars.ts';
import { type Clock, systemClock } from './base/clock.ts';
import type { Readiness } from './base/readiness.ts';
import { DiskCache } from './cache/disk-cache.ts';
import type { Cloning } from './cloning/cloning.ts';
import { type AgentEnvironment, toolVariablesOf } from './environment.ts';
import type { VoiceSense } from './feel/ports.ts';
import { together } from './feel/together.ts';
import { Handovers } from './handover/handovers.ts';
import type { EndpointingOptions } from './listen/endpoint/endpointing.ts';
import type { EndOfTurn, Recognizer, SpeechToText, VoiceActivityProvider } from './listen/ports.ts';
import { type AgentMetrics, createAgentMetrics } from './metrics/metrics.ts';
import { OwnVoices } from './own-voice.ts';
import type { Responder } from './respond/port.ts';
import type { Alarm } from './safety/alarm.ts';
import { Eyes } from './sight/eyes.ts';
import { FaceWatch } from './sight/face-watch.ts';
import type { TextToSpeech } from './speak/ports.ts';
import { voiceProblem } from './speak/voiced.ts';
import { Recordings } from './tape/recordings.ts';
import type { Learner, Summariser } from './think/memory.ts';
import { PersonaError } from './think/persona-file.ts';
import { Personas } from './think/personas.ts';
import type { Dialogue, Persona } from './think/ports.ts';
import { PersonaToolbox } from './tools/toolbox.ts';

/** What all conversations of a host share. */
export interface AgentParts {
  config: AgentSettings;
  environment: AgentEnvironment;
  capacity: number;
  personas: Personas;
  /** As its file is now. */
  readonly defaultPersona: Persona;
  avatars: Avatars;
  /** Who hears that somebody speaks. */
  vad: VoiceActivityProvider;
  /** Who writes down what people say. */
  recognizer: Recognizer;
  /** ISO 639: what it hears; undefined: any. */
  languages: readonly string[] | undefined;
  /** Who hears whether they are done; absent: nobody. */
  endOfTurn?: EndOfTurn;
  /** How soon people are taken for done, whatever the persona. */
  endpointing: EndpointingOptions;
  /** Whether people can be heard yet. */
  readiness: Readiness;
  /** Embedded vendors that others stand in for, because their models are not on this machine. */
  lacking: readonly string[];
  tts: TextToSpeech;
  /** Those that people make for their own avatars. */
  ownVoices: OwnVoices;
  /** Makes them of how people really sound. */
  cloning: Cloning;
  dialogue: Dialogue;
  /** It can be shown pictures. */
  takesPictures: boolean;
  /** Who answers for a persona, in one conversation. */
  responder(persona: Persona): Responder;
  /** Told of those who seem to be in danger. */
  alarm: Alarm;
  /** What somebody new is greeted with: `{name}` becomes their name. */
  greeting(persona: Persona): string;
  learner: Learner;
  summariser?: Summariser;
  /** How voices and faces are sensed. */
  voiceSense: VoiceSense;
  eyes: Eyes;
  /** Who reads faces in their place. */
  faces?: FaceWatch;
  /** What people say, where they wish. */
  recordings: Recordings;
  metrics: AgentMetrics;
  close(): Promise<void>;
}

/** Conversations with video that one core carries beside its share of the router. */
const CONVERSATIONS_PER_CORE = 6;

export interface PartsOptions {
  /** Keys and addresses of vendors, and what tools may name. */
  env?: NodeJS.ProcessEnv;
  /** Of the conversations: another where one is held in virtual time. */
  clock?: Clock;
  /** False: the tools of personas are not called. */
  tools?: boolean;
  /** Stands around a recognizer of whole utterances. */
  asr?: (inner: SpeechToText) => SpeechToText;
}

/** Makes what the settings ask for. Throws SettingsError, PersonaError or ProviderError. */
export async function createParts(
  config: AgentSettings,
  environment: AgentEnvironment,
  log: Logger,
  { env = process.env, clock = systemClock, tools = true, asr }: PartsOptions = {},
): Promise<AgentParts> {
  const metrics = createAgentMetrics(config.prices);
  const cache = openCache(config, log);
  const toolbox = new PersonaToolbox({
    ...config.tools,
    variables: toolVariablesOf(env),
    searchPath: env.PATH ?? '',
    clock,
    report: (problem, details) => log.warn(details, problem),
    restarted: () => metrics.workerRestarted('tool-server'),
    called: (outcome, tool, tookMs) => {
      metrics.toolCalled(outcome, tool, tookMs);
      // Not what it was asked, nor what it said [P1].
      if (outcome !== 'ok' && outcome !== 'cancelled') log.info({ tool, outcome }, 'a call of a tool came to nothing');
    },
  });
  metrics.child({ name: 'tools', pids: () => toolbox.pids });
  let find: (id: string) => Persona | undefined = () => undefined;
  const handovers = new Handovers(id => find(id));
  const making = new Making({
    env,
    models: config.models,
    clock,
    metrics,
    log,
    toolbox: tools ? handovers.around(toolbox) : undefined,
  });
  const knowledge = await makeKnowledge(config, { making, clock, metrics, log });
  let safety: Safety | undefined;
  try {
    const { tts, first, voiced } = await makeVoices(config.speech, { making, metrics, log, cache });
    safety = makeSafety(config.safety, { env, clock, metrics, log });
    const { guard, alarm } = safety;
    const { prepare, ...minds } = await makeMinds(config.dialogue, {
      making,
      metrics,
      log,
      clock,
      cache,
      guard,
      knowledge,
      handovers,
      waiting: config.tools,
    });
    const ears = await makeEars(config, {
      making,
      metrics,
      log,
      clock,
      ...(asr !== undefined && { around: asr }),
    });
    const cloning = await makeCloning(config.voiceCloning, { making, log, voiced, recognizer: ears.recognizer });
    const responder = await makeResponders(config.duplex, {
      making,
      metrics,
      log,
      clock,
      tts,
      dialogue: minds.dialogue,
      guard,
    });
    const [seeing] = await making.stage('faces', config.faces);
    const feelings = await making.stage('feelings', config.feelings);
    const avatars = new Avatars(config);
    const personas = new Personas(config.personas, {
      admit: source => {
        const { persona, place } = source;
        if (avatars.folder(persona.avatar) === undefined)
          throw new PersonaError(`${place('avatar')}: there is no ${persona.avatar} in ${config.avatars}`);
        const problem = voiceProblem(persona.voice, voiced);
        if (problem !== undefined)
          throw new PersonaError(`${place('voice', ...(problem.name ? [problem.name] : []))}: ${problem.message}`);
        prepare(persona);
        toolbox.prepare(source);
        handovers.prepare(source);
      },
      refused: problem => log.warn({ problem }, 'a persona file is wrong; the persona stays as it was'),
    });
    find = id => personas.get(id);
    if (personas.get(config.defaultPersona) === undefined)
      throw new SettingsError(`agent.defaultPersona: there is no ${config.defaultPersona} in ${config.personas}`);
    const recordings = new Recordings({
      config,
      setup: { dialogue: namesOf(config.dialogue), speech: namesOf(config.speech) },
      report: (problem, details) => log.warn(details, problem),
      metrics: metrics.recordings,
    });
    const eyes = new Eyes({
      restarted: reason => {
        metrics.workerRestarted('eyes');
        log.error({ reason }, 'the eyes failed; others take over');
      },
      blind: reason => log.error({ reason }, 'faces cannot be read; feelings are taken from voice and words'),
    });
    metrics.eyes(eyes.stats);
    const faces =
      seeing &&
      new FaceWatch({
        sense: seeing.made,
        capabilities: seeing.capabilities,
        eyes,
        clock,
        meter: seeing.meter,
        failed: ({ category }) => {
          metrics.providerError('faces', category);
          log.warn({ vendor: seeing.entry.as, category }, 'a face could not be read');
        },
      });
    return {
      config,
      environment,
      capacity: config.capacity === 0 ? os.availableParallelism() * CONVERSATIONS_PER_CORE : config.capacity,
      personas,
      get defaultPersona() {
        return personas.get(config.defaultPersona)!;
      },
      avatars,
      lacking: [...making.lacking, ...(minds.scripted ? ['language-model'] : [])],
      ...ears,
      endpointing: endpointingOf(config),
      tts,
      ownVoices: new OwnVoices(first, voiced),
      cloning,
      ...minds,
      responder: persona => {
        if (tools) toolbox.open(persona);
        making.rouse();
        return responder(persona);
      },
      alarm,
      greeting: persona => greetingOf(persona, guard),
      voiceSense: together(feelings.map(({ made }) => made)),
      eyes,
      ...(faces !== undefined && { faces }),
      recordings,
      metrics,
      close: async () => {
        await Promise.all([
          toolbox.close(),
          making.close(),
          eyes.close(),
          recordings.close(),
          alarm.close(),
          knowledge.close(),
        ]);
        await cache?.close();
      },
    };
  } catch (error) {
    await Promise.all([toolbox.close(), making.close(), safety?.alarm.close(), knowledge.close()]);
    await cache?.close();
    throw error;
  }
}

function openCache({ cache: { enabled, folder, megabytes, maxAgeDays } }: AgentSettings, log: Logger) {
  if (!enabled) return undefined;
  return new DiskCache({
    folder,
    maxBytes: megabytes * 2 ** 20,
    maxAgeMs: maxAgeDays * 86_400_000,
    report: (problem, error) => log.warn({ reason: String(error) }, problem),
  });
}

const endpointingOf = ({ turns: { by, eagerness, silenceMs, prefixMs } }: AgentSettings): EndpointingOptions => ({
  eagerness,
  prefixMs,
  ...(by === 'silence' && { silenceMs }),
});

/** Whom a stage asks, in order: `fast (openai gpt-5.4-mini), else rivescript`. */
const namesOf = (entries: AgentSettings['dialogue']): string =>
  entries
    .map(({ use, as, settings }) => {
      const vendor = 'model' in settings ? `${use} ${settings.model}` : use;
      return as === use ? vendor : `${as} (${vendor})`;
    })
    .join(', else ');
