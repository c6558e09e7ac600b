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
