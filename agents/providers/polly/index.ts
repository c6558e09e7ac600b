import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const SpeechSettings = z.strictObject({
  /** Instead of AWS_REGION. */
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** By default the region's. */
  baseUrl: z.url().optional(),
  /** `generative` tells no times. */
  engine: z.enum(['standard', 'neural', 'long-form', 'generative']).default('neural'),
  /** Of personas that name none. */
  voice: z.string().min(1).default('Joanna'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

/** Amazon Polly. */
const polly: Vendor = {
  name: 'polly',
  variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION'],
  makes: {
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings): SpeechCapabilities => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      missing: ({ region }: SpeechSettings, variables: Variables) => {
        const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = variables;
        if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
          return 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
        return region === undefined && AWS_REGION === undefined ? 'set AWS_REGION' : undefined;
      },
      model: ({ engine }: SpeechSettings) => engine,
      async make({ region: set, ...settings }: SpeechSettings, { variables, clock }) {
        const { pollySpeech } = await import('./speech.ts');
        const region = set ?? variables.AWS_REGION ?? 'us-east-1';
        const baseUrl = settings.baseUrl ?? `https://polly.${region}.amazonaws.com`;
        const account = {
          keyId: variables.AWS_ACCESS_KEY_ID ?? '',
          secret: variables.AWS_SECRET_ACCESS_KEY ?? '',
          sessionToken: variables.AWS_SESSION_TOKEN,
        };
        return pollySpeech({ ...settings, baseUrl, region, account, clock });
      },
    },
  },
};
export default polly;
