import { z } from 'zod';
import { ImageAskingSettings } from '../../images/asking.ts';
import type { Variables, Vendor } from '../manifest.ts';
import { speechCapabilities } from './voices.ts';

/** An endpoint, up to and with `/v1`: OpenAI's own, or any that speaks like it. */
const Endpoint = { baseUrl: z.url().optional() };
type Endpoint = { baseUrl?: string | undefined };
/** An endpoint that is started when it is asked: how long its first answer after a rest may take. 0: it is always there. */
const coldStartMs = z.number().int().min(0).max(600_000).default(0);

const DialogueSettings = z.strictObject({
  ...Endpoint,
  model: z.string().min(1).default('gpt-5.4-mini'),
  /** `/v1/chat/completions`, which nearly every server knows, or `/v1/responses`. */
  api: z.enum(['chat', 'responses']).default('chat'),
  maxTokens: z.number().int().min(16).max(4000).default(300),
  firstTokenTimeoutMs: z.number().int().min(100).default(4000),
  coldStartMs,
  /** Of models that reason; by default as little as they let themselves be asked for. */
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional(),
});
type DialogueSettings = z.output<typeof DialogueSettings>;

const SpeechSettings = z.strictObject({
  ...Endpoint,
  /** OpenAI has no speech model that stays: servers that speak like it take this name. */
  model: z.string().min(1).default('tts-1'),
  /** Of personas that name none of the endpoint's. */
  voice: z.string().min(1).default('alloy'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
  coldStartMs,
});
type SpeechSettings = z.output<typeof SpeechSettings>;

const ImageSettings = z.strictObject({
  ...Endpoint,
  model: z.string().min(1).default('gpt-image-2.5-flare'),
  ...ImageAskingSettings,
});
type ImageSettings = z.output<typeof ImageSettings>;

const EmbeddingSettings = z.strictObject({
  ...Endpoint,
  model: z.string().min(1).default('text-embedding-3-small'),
  /** How alike a question and a passage are at least, cosine: it depends on the model. */
  near: z.number().min(0).max(1).default(0.4),
});
type EmbeddingSettings = z.output<typeof EmbeddingSettings>;

const FacesSettings = z.strictObject({
  ...Endpoint,
  /** One that sees. */
  model: z.string().min(1).default('gpt-5.4-mini'),
  /** How often one person's face is read at most, and all people's together. */
  everyMs: z.number().int().min(2000).default(10_000),
  perMinute: z.number().int().min(1).max(600).default(30),
  timeoutMs: z.number().int().min(100).default(8000),
});
type FacesSettings = z.output<typeof FacesSettings>;

const TranscriptionSettings = z.strictObject({
  ...Endpoint,
  /** It is sent what people say while they say it, each second once. */
  live: z.boolean().default(false),
  /** Words are sent as they are found: the time limit counts anew with each. */
  stream: z.boolean().default(false),
  /** By default `gpt-transcribe`, live `gpt-live-transcribe`. */
  model: z.string().min(1).optional(),
  /** ISO 639; absent: whatever is spoken. */
  language: z.string().min(2).optional(),
  /** What it is about, and words that it may not know. */
  prompt: z.string().max(2000).optional(),
  /** Of speaches: words that it may not know, and whether it looks for speech itself. */
  hotwords: z.array(z.string().min(1)).optional(),
  vadFilter: z.boolean().optional(),
  timeoutMs: z.number().int().min(100).default(5000),
  coldStartMs,
});
type TranscriptionSettings = z.output<typeof TranscriptionSettings>;
const transcriptionModel = ({ live, model = live ? 'gpt-live-transcribe' : 'gpt-transcribe' }: TranscriptionSettings) =>
  model;

/** Models that hear and speak, by OpenAI's own interfaces or a server's that speaks like it. */
const DuplexSettings = z.strictObject({
  ...Endpoint,
  /** `realtime`: turns are ours; `live`: it listens while it speaks; `chat`: whole questions, in sound, over HTTP. */
  api: z.enum(['realtime', 'live', 'chat']).default('realtime'),
  /** By default that of the interface. */
  model: z.string().min(1).optional(),
  /** Of personas that name none of its voices. */
  voice: z.string().min(1).default('marin'),
  /** `beta`: as OpenAI spoke until its general availability, and many servers of one's own still do. */
  dialect: z.enum(['ga', 'beta']).default('ga'),
  /** How the key is shown: Azure wants `api-key`. */
  auth: z.enum(['bearer', 'api-key']).default('bearer'),
  maxTokens: z.number().int().min(64).max(4096).default(1024),
  /** Of models that reason. */
  reasoningEffort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  /** A session is replaced before it is so old, where its server does not say when it ends. */
  sessionMinutes: z.number().min(1).max(1440).default(30),
  connectTimeoutMs: z.number().int().min(100).default(5000),
  /** So long without a sign of life while it answers, and the next responder takes over. */
  silenceTimeoutMs: z.number().int().min(100).default(4000),
});
type DuplexSettings = z.output<typeof DuplexSettings>;
const DUPLEX_MODELS = { realtime: 'gpt-realtime-2.1', live: 'gpt-live-1.1', chat: 'gpt-audio-1.5' };
const duplexModel = ({ api, model = DUPLEX_MODELS[api] }: DuplexSettings) => model;

/** Where to ask, and with which key. */
const credentials = ({ baseUrl }: Endpoint, { OPENAI_API_KEY, OPENAI_BASE_URL }: Variables) => {
  const url = baseUrl ?? OPENAI_BASE_URL;
  return { ...(OPENAI_API_KEY && { apiKey: OPENAI_API_KEY }), ...(url && { baseUrl: url }) };
};
const missing = (settings: Endpoint, variables: Variables) => {
  const { apiKey, baseUrl } = credentials(settings, variables);
  return apiKey === undefined && baseUrl === undefined
    ? 'set OPENAI_API_KEY, or OPENAI_BASE_URL or baseUrl for an endpoint without keys'
    : undefined;
};
/** An address of this machine. */
const isHere = (url: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** OpenAI, and every endpoint that is compatible with it. */
const openai: Vendor = {
  name: 'openai',
  variables: ['OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  makes: {
    dialogue: {
      settings: DialogueSettings,
      capabilities: () => ({ pictures: true, tools: true, scripted: false }),
      missing,
      model: ({ model }: DialogueSettings) => model,
      identity: (settings: DialogueSettings, variables) =>
        `openai ${credentials(settings, variables).baseUrl ?? ''} ${settings.model} ${settings.api} ${settings.maxTokens}`,
      async make(settings: DialogueSettings, { variables, used, toolbox }) {
        const { OpenAiDialogue } = await import('./dialogue.ts');
        return new OpenAiDialogue({ ...settings, ...credentials(settings, variables), used }, toolbox);
      },
    },
    notes: {
      settings: DialogueSettings,
      capabilities: () => ({}),
      missing,
      model: ({ model }: DialogueSettings) => model,
      async make(settings: DialogueSettings, { variables, used }) {
        const { OpenAiNotes } = await import('./notes.ts');
        return new OpenAiNotes({ ...settings, ...credentials(settings, variables), used });
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: speechCapabilities,
      missing,
      model: ({ model }: SpeechSettings) => model,
      identity: (settings: SpeechSettings, variables) =>
        `openai ${settings.model} ${credentials(settings, variables).baseUrl ?? ''} ${settings.voice}`,
      async make(settings: SpeechSettings, { variables }) {
        const { OpenAiSpeech } = await import('./speech.ts');
        return new OpenAiSpeech({ ...settings, ...credentials(settings, variables) });
      },
    },
    recognition: {
      settings: TranscriptionSettings,
      capabilities: ({ live }: TranscriptionSettings) => ({ partials: live ? 'cheap' : 'paid', words: false }),
      missing,
      model: transcriptionModel,
      async make(settings: TranscriptionSettings, { variables, used, clock }) {
        const model = transcriptionModel(settings);
        if (settings.live) {
          const { liveTranscription } = await import('./live-transcription.ts');
          return liveTranscription({ ...settings, ...credentials(settings, variables), model, used, clock });
        }
        const { OpenAiTranscription } = await import('./transcription.ts');
        return new OpenAiTranscription({ ...settings, ...credentials(settings, variables), model, used });
      },
    },
    duplex: {
      settings: DuplexSettings,
      capabilities: ({ api }: DuplexSettings) =>
        api === 'live'
          ? { ears: true, speculates: false, cuts: 'coarse' }
          : { ears: true, speculates: true, cuts: 'exact' },
      missing,
      model: duplexModel,
      async make(settings: DuplexSettings, { variables, clock, toolbox, used }) {
        const host = { clock, toolbox, used };
        const all = { ...settings, model: duplexModel(settings), ...credentials(settings, variables) };
        if (settings.api === 'live') return (await import('./live/duplex.ts')).liveDuplex(all, host);
        if (settings.api === 'realtime') return (await import('./realtime/duplex.ts')).realtimeDuplex(all, host);
        const { chatSoundDuplex } = await import('./sound-duplex.ts');
        return chatSoundDuplex({ ...all, vendor: 'openai', format: 'pcm16', audioAs: 'base64' }, host);
      },
    },
    embedding: {
      settings: EmbeddingSettings,
      capabilities: () => ({}),
      missing,
      model: ({ model }: EmbeddingSettings) => model,
      async make(settings: EmbeddingSettings, { variables }) {
        const { OpenAiEmbeddings } = await import('./embeddings.ts');
        return new OpenAiEmbeddings({ ...settings, ...credentials(settings, variables) });
      },
    },
    faces: {
      settings: FacesSettings,
      capabilities: ({ everyMs, perMinute, baseUrl }: FacesSettings) => ({
        // What the environment names may be anywhere.
        leaves: baseUrl === undefined || !isHere(baseUrl),
        everyMs,
        perMinute,
      }),
      missing,
      model: ({ model }: FacesSettings) => model,
      async make(settings: FacesSettings, { variables, used }) {
        const { OpenAiFaces } = await import('./faces.ts');
        return new OpenAiFaces({ ...settings, ...credentials(settings, variables), used });
      },
    },
    images: {
      settings: ImageSettings,
      capabilities: () => ({ seeds: false }),
      missing,
      model: ({ model }: ImageSettings) => model,
      async make(settings: ImageSettings, { variables }) {
        const { OpenAiImages } = await import('./images.ts');
        return new OpenAiImages({ ...settings, ...credentials(settings, variables) });
      },
    },
  },
};
export default openai;
