import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const Place = {
  /** Of the resource, westeurope for instance; instead of AZURE_SPEECH_REGION. */
  region: z
    .string()
    .regex(/^[a-z0-9]+$/)
    .optional(),
  /** A private endpoint, or a container; instead of a region. */
  baseUrl: z.url().optional(),
};
type Place = { region?: string | undefined; baseUrl?: string | undefined };

const SpeechSettings = z.strictObject({
  ...Place,
  /** Of personas that name none. */
  voice: z.string().min(1).default('en-US-AvaMultilingualNeural'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

const RecognitionSettings = z.strictObject({
  ...Place,
  /** BCP 47 with a region. */
  language: z.string().min(2).default('en-US'),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

const missing = ({ baseUrl, region }: Place, { AZURE_SPEECH_KEY, AZURE_SPEECH_REGION }: Variables) => {
  if (baseUrl !== undefined) return undefined;
  if (AZURE_SPEECH_KEY === undefined) return 'set AZURE_SPEECH_KEY, or baseUrl for an endpoint without keys';
  return region === undefined && AZURE_SPEECH_REGION === undefined ? 'set AZURE_SPEECH_REGION' : undefined;
};
/** Address and key of one of its services. */
const reached = (service: 'tts' | 'stt', { baseUrl, region }: Place, variables: Variables) => {
  const host = `${region ?? variables.AZURE_SPEECH_REGION ?? 'eastus'}.${service}.speech.microsoft.com`;
  return { baseUrl: baseUrl ?? `https://${host}`, apiKey: variables.AZURE_SPEECH_KEY };
};

/** Azure Speech. */
const azure: Vendor = {
  name: 'azure',
  variables: ['AZURE_SPEECH_KEY', 'AZURE_SPEECH_REGION'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const { azureRecognizer } = await import('./recognizer.ts');
        return azureRecognizer({ ...settings, ...reached('stt', settings, variables), clock });
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
      missing,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { azureSpeech } = await import('./speech.ts');
        return azureSpeech({ ...settings, ...reached('tts', settings, variables), clock });
      },
    },
  },
};
export default azure;
