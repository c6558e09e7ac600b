import { z } from 'zod';
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

/** Google's Gemini. */
const google: Vendor = {
  name: 'google',
  variables: ['GEMINI_API_KEY'],
  makes: {
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
