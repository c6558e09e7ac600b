import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

/** Google's own address, or any that speaks like it. */
const Endpoint = { baseUrl: z.url().optional() };
type Endpoint = { baseUrl?: string | undefined };

const LiveSettings = z.strictObject({
  ...Endpoint,
  apiVersion: z.enum(['v1', 'v1beta', 'v1alpha']).default('v1beta'),
  model: z.string().min(1).default('gemini-3.8-live'),
  /** Of personas that name none of its voices. */
  voice: z.string().min(1).default('Kore'),
  maxTokens: z.number().int().min(64).max(8192).default(2048),
  connectTimeoutMs: z.number().int().min(100).default(5000),
  /** So long without a sign of life while it answers, and the next responder takes over. */
  silenceTimeoutMs: z.number().int().min(100).default(4000),
});
type LiveSettings = z.output<typeof LiveSettings>;

const ChatSettings = z.strictObject({
  baseUrl: z.url().default('https://generativelanguage.googleapis.com'),
  apiVersion: z.enum(['v1', 'v1beta', 'v1alpha']).default('v1beta'),
  model: z.string().min(1).default('gemini-3.5-flash-lite'),
  maxTokens: z.number().int().min(16).max(8192).default(400),
  /** How much it thinks first; what it thinks counts as tokens of the answer. */
  thinking: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
  firstTokenTimeoutMs: z.number().int().min(100).default(4000),
});
type ChatSettings = z.output<typeof ChatSettings>;

const SpeechSettings = z.strictObject({
  baseUrl: z.url().default('https://texttospeech.googleapis.com'),
  /** Of personas that name none. */
  voice: z.string().min(1).default('en-US-Neural2-F'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

const RecognitionSettings = z.strictObject({
  ...Endpoint,
  /** By default the service account's. */
  project: z.string().min(1).optional(),
  location: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('global'),
  model: z.string().min(1).default('long'),
  /** BCP 47; of several, the one that is spoken is found. */
  languages: z.array(z.string().min(2)).min(1).default(['en-US']),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

/** Of Google's Cloud, which has keys of its own. */
const cloud = ({ GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_CLOUD_API_KEY }: Variables) => ({
  keyFile: GOOGLE_APPLICATION_CREDENTIALS,
  apiKey: GOOGLE_CLOUD_API_KEY,
});
const missingInCloud = (_: object, variables: Variables) => {
  const { keyFile, apiKey } = cloud(variables);
  return keyFile === undefined && apiKey === undefined
    ? 'set GOOGLE_APPLICATION_CREDENTIALS (path of a service account’s key), or GOOGLE_CLOUD_API_KEY'
    : undefined;
};

const credentials = ({ baseUrl }: Endpoint, { GEMINI_API_KEY }: Variables) => ({
  ...(GEMINI_API_KEY && { apiKey: GEMINI_API_KEY }),
  ...(baseUrl && { baseUrl }),
});
const missing = (settings: Endpoint, variables: Variables) => {
  const { apiKey, baseUrl } = credentials(settings, variables);
  return apiKey === undefined && baseUrl === undefined
    ? 'set GEMINI_API_KEY, or baseUrl for an endpoint without keys'
    : undefined;
};

/** Google's Gemini, and the voices and ears of its Cloud. */
const google: Vendor = {
  name: 'google',
  variables: ['GEMINI_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_API_KEY'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing: ({ project }: RecognitionSettings, variables: Variables) => {
        const isUnknown = project === undefined && variables.GOOGLE_APPLICATION_CREDENTIALS === undefined;
        return missingInCloud({}, variables) ?? (isUnknown ? 'set project: an API key does not tell it' : undefined);
      },
      model: ({ model }: RecognitionSettings) => model,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const { cloudRecognizer } = await import('./cloud/recognizer.ts');
        return cloudRecognizer({ ...settings, ...cloud(variables), clock });
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings): SpeechCapabilities => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      missing: missingInCloud,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { cloudSpeech } = await import('./cloud/speech.ts');
        return cloudSpeech({ ...settings, ...cloud(variables), clock });
      },
    },
    dialogue: {
      settings: ChatSettings,
      capabilities: () => ({ pictures: true, tools: true, scripted: false }),
      missing: (_: object, { GEMINI_API_KEY }: Variables) =>
        GEMINI_API_KEY === undefined ? 'set GEMINI_API_KEY' : undefined,
      model: ({ model }: ChatSettings) => model,
      async make(settings: ChatSettings, { variables, clock, used, toolbox }) {
        const { GeminiDialogue } = await import('./chat/dialogue.ts');
        return new GeminiDialogue({ ...settings, apiKey: variables.GEMINI_API_KEY, clock, used }, toolbox);
      },
    },
    duplex: {
      settings: LiveSettings,
      capabilities: () => ({ ears: true, speculates: true, cuts: 'none' }),
      missing,
      model: ({ model }: LiveSettings) => model,
      async make(settings: LiveSettings, { variables, clock, toolbox, used }) {
        const { geminiLiveDuplex } = await import('./live/duplex.ts');
        return geminiLiveDuplex({ ...settings, ...credentials(settings, variables) }, { clock, toolbox, used });
      },
    },
  },
};
export default google;
